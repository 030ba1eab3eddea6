package io.teex.rpc;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 by the JDK, with a context of its own for every connection. A resumed session would skip
 * the verifier; with nothing shared between two connections, neither end has anything to resume.
 */
final class Tls extends SslContext {
  static final String PROTOCOL = "TLSv1.3";

  private static final List<String> CIPHERS =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384");
  private static final ApplicationProtocolConfig HTTP_2 =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          "h2");

  private final boolean client;
  private final @Nullable NodeIdentity identity;
  private final Attestor attestor;
  private final SecureRandom random;
  private final JdkSslContext first;

  private Tls(
      boolean client, @Nullable NodeIdentity identity, Attestor attestor, SecureRandom random) {
    this.client = client;
    this.identity = identity;
    this.attestor = attestor;
    this.random = random;
    this.first = fresh();
  }

  static Tls server(NodeIdentity identity, Attestor attestor, SecureRandom random) {
    return new Tls(false, identity, attestor, random);
  }

  /**
   * @param identity null for callers who prove nothing
   */
  static Tls client(@Nullable NodeIdentity identity, Attestor attestor, SecureRandom random) {
    return new Tls(true, identity, attestor, random);
  }

  private JdkSslContext fresh() {
    try {
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(
          identity == null
              ? new KeyManager[0]
              : new KeyManager[] {new IdentityKeyManager(identity)},
          new TrustManager[] {new StructuralTrustManager(attestor)},
          random);
      return new JdkSslContext(
          context,
          client,
          CIPHERS,
          IdentityCipherSuiteFilter.INSTANCE,
          HTTP_2,
          // Users have no certificate; whoever shows one has to prove it.
          client ? ClientAuth.NONE : ClientAuth.OPTIONAL,
          new String[] {PROTOCOL},
          false);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + PROTOCOL, e);
    }
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return fresh().newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
    return fresh().newEngine(allocator, host, port);
  }

  @Override
  public boolean isClient() {
    return client;
  }

  @Override
  public List<String> cipherSuites() {
    return CIPHERS;
  }

  @Override
  @SuppressWarnings("deprecation") // Netty deprecates the type and still demands the method.
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return first.applicationProtocolNegotiator();
  }

  @Override
  public SSLSessionContext sessionContext() {
    return first.sessionContext();
  }
}
