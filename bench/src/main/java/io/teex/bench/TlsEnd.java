package io.teex.bench;

import io.teex.attestation.P256;
import io.teex.attestation.RaTls;
import io.teex.attestation.Tee;
import io.teex.protocol.Role;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** One end of the measured handshakes: a certificate, and trust in whatever the other shows. */
final class TlsEnd {
  private static final String PROTOCOL = "TLSv1.3";
  private static final char[] PASSWORD = {};

  private final Role role;
  private final Tee tee;
  private final KeyManagerFactory keys;
  private final SecureRandom random;

  private TlsEnd(Role role, Tee tee, KeyManagerFactory keys, SecureRandom random) {
    this.role = role;
    this.tee = tee;
    this.keys = keys;
    this.random = random;
  }

  Role role() {
    return role;
  }

  Tee tee() {
    return tee;
  }

  static TlsEnd create(Role role, Tee tee, Instant now, SecureRandom random)
      throws GeneralSecurityException, IOException {
    KeyPair key = P256.generate(random);
    X509Certificate certificate = RaTls.issue(key, role, tee, now, Duration.ofHours(1), random);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    store.setKeyEntry("end", key.getPrivate(), PASSWORD, new Certificate[] {certificate});
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, PASSWORD);
    return new TlsEnd(role, tee, factory, random);
  }

  /** An engine with a context of its own, so that no session can be resumed. */
  SSLEngine engine(boolean client) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance(PROTOCOL);
    context.init(keys.getKeyManagers(), new TrustManager[] {new TrustAll()}, random);
    SSLEngine engine = context.createSSLEngine("127.0.0.1", 1);
    engine.setUseClientMode(client);
    engine.setEnabledProtocols(new String[] {PROTOCOL});
    if (!client) {
      engine.setNeedClientAuth(true);
    }
    return engine;
  }

  /** The least that mutual TLS can do; what attestation asks for comes after it. */
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
