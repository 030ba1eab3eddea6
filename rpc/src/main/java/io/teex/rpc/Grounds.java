package io.teex.rpc;

import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.TeexException;
import java.time.InstantSource;

/**
 * What a verdict about a peer rests on besides its evidence, each as of now: any of it may be
 * another the next time, and peers are judged again by what it is then. Safe for use by several
 * threads.
 */
public interface Grounds {
  /** What is accepted. */
  Policy policy();

  /**
   * The documents that this evidence is judged with; may wait for a service.
   *
   * @param alongside what the peer showed with it: the certificate of its platform's key, its event
   *     log
   */
  Collateral collateral(Evidence evidence, Collateral alongside);

  /**
   * The time as far as it is known.
   *
   * @throws TeexException {@code ATTESTATION_REFUSED} if it is not known well enough
   */
  TimeInterval time();

  /** One policy for good, no collateral but what comes along, and a clock that is believed. */
  static Grounds fixed(Policy policy, InstantSource clock) {
    return new Grounds() {
      @Override
      public Policy policy() {
        return policy;
      }

      @Override
      public Collateral collateral(Evidence evidence, Collateral alongside) {
        return alongside.alongside();
      }

      @Override
      public TimeInterval time() {
        return TimeInterval.at(clock.instant());
      }
    };
  }
}
