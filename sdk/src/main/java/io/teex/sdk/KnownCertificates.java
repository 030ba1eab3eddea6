package io.teex.sdk;

import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.rpc.node.NodeCertificates;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Certificates whose signatures were proven once: the same few come with every task. That they have
 * not ended is judged every time.
 */
final class KnownCertificates {
  private static final int KEPT_MAX = 256;

  private final NodeCertificates certificates;
  private final Map<Signed<NodeCertificate>, Role> proven =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Signed<NodeCertificate>, Role> eldest) {
          return size() > KEPT_MAX;
        }
      };

  KnownCertificates(NodeCertificates certificates) {
    this.certificates = certificates;
  }

  /**
   * @throws io.teex.protocol.TeexException {@code CERTIFICATE_INVALID} if it is not the manager's,
   *     for another role, or over
   */
  NodeCertificate require(Signed<NodeCertificate> signed, Role role) {
    NodeCertificate certificate = signed.value();
    boolean current = certificates.holds(certificate);
    synchronized (proven) {
      if (current && proven.get(signed) == role) {
        return certificate;
      }
    }
    certificates.require(signed, role);
    synchronized (proven) {
      proven.put(signed, role);
    }
    return certificate;
  }
}
