package io.vestibule.bench;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.vestibule.bench.client.AnyCertificate;
import io.vestibule.bench.client.DevelopmentTokens;
import io.vestibule.bench.client.MintedTokens;
import io.vestibule.bench.client.SourceAddresses;
import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that opens connections: where to, where from, how fast, as whom. */
final class TargetOptions {
  private static final Duration TOKEN_LIFE = Duration.ofHours(24);

  @Spec(Spec.Target.MIXEE) private CommandSpec spec;

  @Option(names = "--url", defaultValue = "ws://127.0.0.1:8080/ws", description = "The server's socket (default: ${DEFAULT-VALUE}; 'presence', 'durable' and 'resume' start nodes of their own).")
  private URI url;

  @Option(names = "--source-addresses", paramLabel = "LIST",
      description = "Local addresses to connect from, 127.0.0.1-127.0.0.16,10.0.0.5 (default: towards a loopback server as many"
          + " loopback addresses as are needed, else the system's choice).")
  private String sources;

  @Option(names = "--sockets-per-address", defaultValue = "100", paramLabel = "N",
      description = "Sockets from one loopback address, when those are chosen by default (default: ${DEFAULT-VALUE}).")
  private int perAddress;

  @Option(names = "--connect-rate", defaultValue = "2000", paramLabel = "N",
      description = "Connections begun in a second, at most (default: ${DEFAULT-VALUE}).")
  private int connectRate;

  @Option(names = "--handshakes", defaultValue = "256", paramLabel = "N",
      description = "Connections that are being opened at a time, at most (default: ${DEFAULT-VALUE}).")
  private int handshakes;

  @Option(names = "--handshake-timeout", defaultValue = "10s", paramLabel = "TIME", converter = DurationConverter.class,
      description = "From connect to subscribed, for each connection (default: ${DEFAULT-VALUE}).")
  private Duration handshakeTimeout;

  @Option(names = "--secret", description = "The server's shared secret: a token is minted for each connection, each its own user.")
  private String secret;

  @Option(names = "--token", description = "One token for all connections (mind the server's limit of connections for one user)."
      + " Without --secret and --token a node in development mode is asked for tokens.")
  private String token;

  @Option(names = "--insecure", description = "Accept any certificate of a wss:// server.")
  private boolean insecure;

  @Option(names = "--threads", defaultValue = "1", description = "Event loops of the client (default: ${DEFAULT-VALUE}).")
  private int threads;

  int threads() {
    if (threads < 1) {
      throw fault("--threads must be at least 1");
    }
    return threads;
  }

  /** The server, to be reached by so many connections. */
  Target target(int connections) {
    return target(url, connections);
  }

  /** Another server, to be reached in the same way. */
  Target target(URI server, int connections) {
    if (perAddress < 1) {
      throw fault("--sockets-per-address must be at least 1");
    }
    try {
      return new Target(server, tls(), sources(connections), connectRate, handshakes, handshakeTimeout);
    } catch (IllegalArgumentException e) {
      throw fault(e.getMessage());
    }
  }

  Tokens tokens() {
    if (secret != null && token != null) {
      throw fault("--secret and --token exclude each other");
    }
    if (token != null) {
      if (!token.matches("[A-Za-z0-9._~+/=-]+")) {
        throw fault("--token is no token");
      }
      return Tokens.fixed(token);
    }
    return secret == null ? new DevelopmentTokens(url, insecure ? AnyCertificate.context() : null) : minted();
  }

  /** Whether it was said which server. */
  boolean isSaid() {
    return spec.commandLine().getParseResult().hasMatchedOption("--url");
  }

  /** Whether it was said as whom. */
  boolean hasCredentials() {
    return secret != null || token != null;
  }

  URI url() {
    return url;
  }

  boolean insecure() {
    return insecure;
  }

  /** The token of an operator, which can be had only from the secret; null without it. */
  String operatorToken() {
    return secret == null ? null : minted().forOperator("bench-operator");
  }

  private MintedTokens minted() {
    return new MintedTokens(secret, Instant.now().plus(TOKEN_LIFE).getEpochSecond());
  }

  /** What picocli is to say about a wrong option. */
  ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private SourceAddresses sources(int connections) {
    if (sources != null) {
      return SourceAddresses.parse(sources);
    }
    boolean loopback = "localhost".equals(url.getHost()) || String.valueOf(url.getHost()).startsWith("127.");
    return loopback && connections > perAddress ? SourceAddresses.loopback(connections, perAddress) : SourceAddresses.any();
  }

  private SslContext tls() {
    if (!"wss".equals(url.getScheme())) {
      return null;
    }
    try {
      var builder = SslContextBuilder.forClient();
      return (insecure ? builder.trustManager(new AnyCertificate()) : builder).build();
    } catch (SSLException e) {
      throw fault("TLS: " + e.getMessage());
    }
  }
}
