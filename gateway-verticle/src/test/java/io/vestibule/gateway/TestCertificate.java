package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for 127.0.0.1, made by the JDK's keytool when it is needed: as a PKCS12 keystore, as a pair of PEM files, and as what a client trusts. */
final class TestCertificate {
  static final String PASSWORD = "of the tests";
  private static final String ALIAS = "gateway";

  private final Path folder;
  private final Path keystore;
  private final KeyStore content;

  TestCertificate(Path folder) throws Exception {
    this.folder = folder;
    this.keystore = folder.resolve("gateway.p12");
    Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", ALIAS,
        "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=gateway", "-ext", "san=ip:127.0.0.1", "-validity", "2", "-storetype", "PKCS12",
        "-keystore", keystore.toString(), "-storepass", PASSWORD).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    content = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keystore)) {
      content.load(in, PASSWORD.toCharArray());
    }
  }

  /** The configuration of a keystore. */
  GatewayConfig.Tls asKeystore() {
    return new GatewayConfig.Tls("", "", keystore.toString(), PASSWORD);
  }

  /** The configuration of PEM files. */
  GatewayConfig.Tls asPem() throws Exception {
    Path certificate = pem("CERTIFICATE", content.getCertificate(ALIAS).getEncoded());
    Path key = pem("PRIVATE KEY", content.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
    return new GatewayConfig.Tls(certificate.toString(), key.toString(), "", "");
  }

  private Path pem(String what, byte[] der) throws Exception {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(folder.resolve(what.replace(' ', '-') + ".pem"), "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n");
  }

  /** Trusts this certificate and no other. */
  SSLContext trust() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(ALIAS, content.getCertificate(ALIAS));
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
