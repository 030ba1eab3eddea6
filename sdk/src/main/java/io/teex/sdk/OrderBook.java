package io.teex.sdk;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Commitment;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.FeeTerms;
import io.teex.protocol.Hpke;
import io.teex.protocol.Order;
import io.teex.protocol.OutputTerms;
import io.teex.protocol.Profile;
import io.teex.protocol.TeeKind;
import io.teex.protocol.Tier;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns what a user wants into an order: looks listings up, commits to the input, makes keys. */
final class OrderBook {
  private final Listings listings;
  private final int teeKinds;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * @param acceptSimulated whether the user's policy names simulated TEEs
   */
  OrderBook(Listings listings, boolean acceptSimulated, InstantSource clock, SecureRandom random) {
    this.listings = listings;
    this.teeKinds = kinds(acceptSimulated);
    this.clock = clock;
    this.random = random;
  }

  private static int kinds(boolean acceptSimulated) {
    int mask = 0;
    for (TeeKind kind : TeeKind.values()) {
      if (kind != TeeKind.SIMULATED || acceptSimulated) {
        mask |= kind.bit();
      }
    }
    return mask;
  }

  /**
   * An order but for its place in a lane, with what only the user knows.
   *
   * @param template with lane and sequence 0
   * @param outputKeys of this task alone, so that tasks cannot be linked by them
   */
  record Draft(
      Order template, Listings.Service service, Bytes32 inputSalt, Hpke.KeyPair outputKeys) {

    /** The order for one place in a lane. */
    Order at(Address dispatcher, int lane, long sequence) {
      Order order = template;
      return new Order(
          order.user(),
          dispatcher,
          lane,
          sequence,
          order.service(),
          order.datasets(),
          order.purpose(),
          order.inputCommitment(),
          order.output(),
          order.fee(),
          order.limits(),
          order.tier(),
          order.recentBlock(),
          order.deadline(),
          order.salt());
    }
  }

  /**
   * @param keys give the one that this order's output is sealed to
   * @throws io.teex.protocol.TeexException if the service or a data set is not on sale
   */
  Draft draft(Address user, OutputKeys keys, OrderTerms terms) {
    Listings.Service service = listings.service(terms.service());
    List<DatasetUse> uses = new ArrayList<>();
    for (OrderTerms.Use use : terms.datasets()) {
      Listings.Dataset dataset = listings.dataset(use.id(), use.licence());
      uses.add(
          new DatasetUse(
              dataset.id(), dataset.licenceDigest(), use.priceMax().orElse(dataset.pricePerUse())));
    }
    Bytes32 salt = Bytes32.random(random);
    Hpke.KeyPair outputKeys = keys.derive(salt);
    Bytes32 inputSalt = Bytes32.random(random);
    byte[] input = terms.input().expose();
    Bytes32 commitment = Commitment.input(inputSalt, input);
    Arrays.fill(input, (byte) 0);
    Order template =
        new Order(
            user,
            Address.ZERO,
            0,
            0,
            service.reference(),
            uses,
            terms.purpose(),
            commitment,
            new OutputTerms(
                outputKeys.publicKey(), terms.outputBytesMax(), terms.outputPaddingBytes()),
            new FeeTerms(terms.feeMax(), terms.basisPointsMax()),
            terms.limits(),
            Tier.single(
                terms.isolation(),
                Profile.of(Tier.WASM_1)
                    .withResponseStep(Math.toIntExact(terms.responseStep().toMillis())),
                teeKinds),
            listings.recentBlock(),
            clock.instant().plus(terms.patience()).getEpochSecond(),
            salt);
    return new Draft(template, service, inputSalt, outputKeys);
  }

  /** Forgets listings, because somebody who knows newer ones refused. */
  void refresh() {
    listings.refresh();
  }
}
