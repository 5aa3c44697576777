package io.vestibule.bench;

import io.vestibule.bench.compare.Launch;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that starts servers of its own. */
final class LaunchOptions {
  @Spec(Spec.Target.MIXEE) private CommandSpec spec;

  @Option(names = "--jvm", split = " ", defaultValue = "-Xms1g -Xmx1g -XX:+UseG1GC", paramLabel = "OPTIONS",
      description = "JVM options of each server, in one word (default: ${DEFAULT-VALUE}).")
  private List<String> jvmOptions;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Further configuration for Vestibule.")
  private List<String> settings = List.of();

  @Option(names = "--jar", paramLabel = "FILE", description = "The vestibule.jar to start (default: the one this runs from).")
  private Path jar;

  /** How to start them, as they come. */
  Launch launch() {
    return launch(0);
  }

  /**
   * How to start them, with a secret that nobody else knows.
   *
   * @param instances event loops of each that serve sockets; 0: one for each processor
   */
  Launch launch(int instances) {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return new Launch(Path.of(System.getProperty("java.home"), "bin", "java"), jar == null ? ownJar() : jar, jvmOptions, instances,
        HexFormat.of().formatHex(secret), settings);
  }

  private Path ownJar() {
    try {
      Path own = Path.of(LaunchOptions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isRegularFile(own)) {
        return own;
      }
      throw fault("not run from vestibule.jar: say --jar");
    } catch (URISyntaxException e) {
      throw fault("not run from a jar that can be found: say --jar");
    }
  }

  private ParameterException fault(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
