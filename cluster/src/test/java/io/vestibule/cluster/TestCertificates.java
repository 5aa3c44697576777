package io.vestibule.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority and certificates that it signed, made with the JDK's own keytool. */
final class TestCertificates {
  private static final String PASSWORD = "changeit";
  private final Path directory;
  private final String authority;

  TestCertificates(Path directory, String authority) throws IOException, InterruptedException {
    this.directory = directory;
    this.authority = authority;
    keytool("-genkeypair", "-alias", authority, "-dname", "CN=" + authority, "-ext", "bc:c", "-validity", "2");
  }

  /** A node's certificate, its key, and the authority it trusts, as PEM files. */
  ClusterConfig.Tls sign(String name) throws IOException, InterruptedException, GeneralSecurityException {
    keytool("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-validity", "2");
    Path request = directory.resolve(name + ".csr");
    Path signed = directory.resolve(name + ".crt");
    keytool("-certreq", "-alias", name, "-file", request.toString());
    keytool("-gencert", "-alias", authority, "-infile", request.toString(), "-outfile", signed.toString(), "-rfc",
        "-validity", "2");
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store())) {
      store.load(in, PASSWORD.toCharArray());
    }
    Certificate ca = store.getCertificate(authority);
    return new ClusterConfig.Tls(signed.toString(),
        pem(name + ".key", "PRIVATE KEY", store.getKey(name, PASSWORD.toCharArray()).getEncoded()),
        pem(authority + ".ca", "CERTIFICATE", ca.getEncoded()));
  }

  private String pem(String file, String type, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Path path = directory.resolve(file);
    Files.writeString(path, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n", StandardCharsets.US_ASCII);
    return path.toString();
  }

  private Path store() {
    return directory.resolve(authority + ".p12");
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", store().toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
    if (arguments[0].equals("-genkeypair")) {
      command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
    }
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException(said);
    }
  }
}
