package io.vestibule.node.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.config.DurationText;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.auth.AuthConfig;
import io.vestibule.gateway.auth.TokenMinter;
import io.vestibule.node.process.ExitCode;
import io.vestibule.node.process.ProcessFailure;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Mints a JWT. Only the token goes to standard output, so that a script can take it. */
@Command(
    name = "token",
    description = "Prints a JWT for development and scripts, signed with auth.jwt.secret of the configuration,%n"
        + "or, with --url, one that a node in development mode gives out.%n",
    footer = {
      "",
      "Examples:",
      "  java -jar vestibule.jar token --sub anna --url http://127.0.0.1:8080",
      "  java -jar vestibule.jar token --sub anna --ttl 5m --conf my.yaml",
      "  java -jar vestibule.jar token --sub anna --caps-subscribe 'news.*,user.anna' --caps-publish news.sport",
      "  java -jar vestibule.jar token --sub deploy-script --api publish,broadcast --ttl 30d",
      "  java -jar vestibule.jar token --sub ops --admin"
    })
final class TokenCommand implements Callable<Integer> {
  @Mixin private final ConfigOptions options;
  @Spec private CommandSpec spec;

  @Option(names = "--sub", required = true, paramLabel = "USER", description = "The user id (required).")
  private String user;

  @Option(names = "--ttl", paramLabel = "DURATION", defaultValue = "1h", description = "How long it is valid: 500ms, 30s, 5m, 1h, 30d. Default: 1h.")
  private String lifetime;

  @Option(names = "--caps-subscribe", split = ",", paramLabel = "PATTERN", description = "Only these topics may be subscribed to.")
  private List<String> subscribe;

  @Option(names = "--caps-publish", split = ",", paramLabel = "PATTERN", description = "Only to these topics may be published.")
  private List<String> publish;

  @Option(names = "--api", split = ",", paramLabel = "CALL", description = "Server API calls that it opens: publish, broadcast, disconnect, ...")
  private List<String> api;

  @Option(names = "--class", paramLabel = "NAME", description = "The priority class in the waiting line.")
  private String priorityClass;

  @Option(names = "--info", paramLabel = "JSON", description = "An object that others see in presence, such as '{\"name\": \"Anna\"}'.")
  private String info;

  @Option(names = "--admin", description = "The holder is an operator.")
  private boolean admin;

  @Option(names = "--url", paramLabel = "URL",
      description = "Asks this node, which must be in development mode, instead of signing.")
  private URI url;

  TokenCommand(Map<String, String> environment) {
    this.options = new ConfigOptions(environment);
  }

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(url == null ? mint(options.load().auth()) : ask());
    return ExitCode.OK;
  }

  private String ask() {
    if (!claims().isEmpty() || spec.commandLine().getParseResult().hasMatchedOption("--ttl")) {
      throw new ParameterException(spec.commandLine(), "--url gives plain tokens only: leave away --ttl, --caps-*, --api, --class, --info and --admin");
    }
    return new DevelopmentNode(url).token(user);
  }

  private String mint(AuthConfig auth) {
    Duration validity = lifetime();
    JsonObject claims = claims();
    if (auth.jwt().secret().isEmpty()) {
      throw new ProcessFailure(ExitCode.CONFIG, "auth.jwt.secret is not set, so there is nothing to sign with;"
          + " for a node in development mode say --url http://127.0.0.1:8080");
    }
    try {
      return TokenMinter.of(auth).mint(user, validity, claims, System.currentTimeMillis());
    } catch (Failure refused) {
      throw new ParameterException(spec.commandLine(), "the token would be refused: " + refused.getMessage() + " " + refused.details());
    }
  }

  private Duration lifetime() {
    try {
      return DurationText.parse(lifetime);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--ttl '" + lifetime + "' is not " + e.getMessage(), e);
    }
  }

  /** The claims besides {@code sub} and {@code exp}; docs/protocol.md, Tokens. */
  private JsonObject claims() {
    var caps = new JsonObject();
    put(caps, "subscribe", subscribe);
    put(caps, "publish", publish);
    put(caps, "api", api);
    var claims = new JsonObject();
    if (!caps.isEmpty()) {
      claims.put("caps", caps);
    }
    if (priorityClass != null) {
      claims.put("class", priorityClass);
    }
    if (info != null) {
      claims.put("info", info());
    }
    return admin ? claims.put("admin", true) : claims;
  }

  private static void put(JsonObject caps, String name, List<String> values) {
    if (values != null) {
      caps.put(name, new JsonArray(values));
    }
  }

  private JsonObject info() {
    try {
      return new JsonObject(info);
    } catch (DecodeException e) {
      throw new ParameterException(spec.commandLine(), "--info '" + info + "' is not a JSON object", e);
    }
  }
}
