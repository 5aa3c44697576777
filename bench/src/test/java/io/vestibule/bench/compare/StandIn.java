package io.vestibule.bench.compare;

import io.vestibule.bench.bare.BareServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** The main class of a jar that stands in for vestibule.jar: whatever it is told to run, it runs the bare server. */
public final class StandIn {
  private StandIn() {}

  public static void main(String[] args) {
    int port = Arrays.asList(args).indexOf("--port");
    System.exit(new CommandLine(new BareServer()).execute("--port", args[port + 1]));
  }

  /** Writes the jar: a manifest that names this class and the class path of the running test. */
  static Path jar(Path directory) throws IOException {
    String classPath = Arrays.stream(System.getProperty("java.class.path").split(":"))
        .map(entry -> Path.of(entry).toUri().toString()).collect(Collectors.joining(" "));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StandIn.class.getName());
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    Path jar = directory.resolve("stand-in.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }
}
