package io.teex.manager.catalogue;

import io.teex.manager.catalogue.Listings.Listing;
import io.teex.manager.state.StateKeys;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.teeds.Change;
import io.teex.teeds.Entry;
import io.teex.teeds.KeyRange;
import io.teex.teeds.Store;
import io.teex.teeds.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Registrations that were not seen listed on chain yet. Registering costs nothing and listing costs
 * gas, so what is not listed is bounded, by owner and in all, and is dropped after {@link
 * #LISTING_TIME}: otherwise strangers could fill TEE-DS for ever. Each has an entry of its own,
 * oldest first; what was found listed has none.
 */
final class Unlisted {
  static final Duration LISTING_TIME = Duration.ofHours(24);
  static final int OWNER_MAX = 16;

  /** Few enough that one range of the store tells all of them. */
  static final int ALL_MAX = 900;

  /** About a day. */
  private static final long LISTED_BEFORE_BLOCKS = 7_200;

  /**
   * A registration that waits for its listing.
   *
   * @param image or else a data set
   * @param block from which on its listing may be: one that came a little earlier counts too
   * @param since seconds since the epoch
   */
  record Waiting(boolean image, Bytes32 digest, Address owner, long block, long since) {
    Bytes recordKey() {
      return image ? StateKeys.image(digest) : StateKeys.dataset(digest);
    }

    private Bytes entryKey() {
      return StateKeys.unlisted(since, digest);
    }

    /** Puts the entry, in the transaction that keeps the registration. */
    Change entry() {
      return Change.put(entryKey(), Bytes.of(TypedData.encode(this)));
    }
  }

  private final Store store;
  private final Listings listings;
  private final InstantSource clock;
  private final Consumer<Bytes32> dropped;

  /**
   * @param dropped told the digests of registrations that are no more
   */
  Unlisted(Store store, Listings listings, InstantSource clock, Consumer<Bytes32> dropped) {
    this.store = store;
    this.listings = listings;
    this.clock = clock;
    this.dropped = dropped;
  }

  /**
   * Makes room for one more registration.
   *
   * @throws TeexException {@code PERMISSION_DENIED} to accounts that could not list it; {@code
   *     STORE_FULL} while too many registrations wait for their listing
   */
  Waiting admit(boolean image, Bytes32 digest, Address owner) {
    if (!listings.isFunded(owner)) {
      throw new TeexException(
          ErrorCode.PERMISSION_DENIED,
          "account %s holds no ether on this chain, which listing takes".formatted(owner));
    }
    List<Waiting> waiting = settle(all(), owner);
    requireRoom(waiting.size(), ALL_MAX, "of all owners together");
    requireRoom(ownedBy(owner, waiting), OWNER_MAX, "of account " + owner);
    long block = Math.max(0, listings.newestBlock() - LISTED_BEFORE_BLOCKS);
    return new Waiting(image, digest, owner, block, clock.instant().getEpochSecond());
  }

  private static void requireRoom(long waiting, int max, String whose) {
    if (waiting >= max) {
      throw new TeexException(
          ErrorCode.STORE_FULL,
          "%d registrations %s are not listed on chain yet: list them, or wait until the oldest is dropped, %d hours after it was made"
              .formatted(waiting, whose, LISTING_TIME.toHours()));
    }
  }

  private static long ownedBy(Address owner, List<Waiting> waiting) {
    return waiting.stream().filter(one -> one.owner().equals(owner)).count();
  }

  private List<Waiting> all() {
    List<Waiting> waiting = new ArrayList<>();
    for (Entry entry : store.range(KeyRange.prefix(StateKeys.UNLISTED), ALL_MAX).entries()) {
      waiting.add(TypedData.decode(Waiting.class, entry.value().copy()));
    }
    return waiting;
  }

  /** Looks the chain up for those that must go or that stand in the way; returns the others. */
  private List<Waiting> settle(List<Waiting> waiting, Address owner) {
    Instant limit = clock.instant().minus(LISTING_TIME);
    boolean full = waiting.size() >= ALL_MAX;
    boolean ownerFull = ownedBy(owner, waiting) >= OWNER_MAX;
    List<Waiting> due = new ArrayList<>();
    for (Waiting one : waiting) {
      if (full || isOver(one, limit) || (ownerFull && one.owner().equals(owner))) {
        due.add(one);
      }
    }
    if (due.isEmpty()) {
      return waiting;
    }
    Set<Listing> listed =
        listings.since(due.stream().mapToLong(Waiting::block).min().orElseThrow());
    List<Waiting> left = new ArrayList<>(waiting);
    for (Waiting one : due) {
      if (listed.contains(new Listing(one.owner(), one.digest()))) {
        store.transact(Transaction.of(Change.delete(one.entryKey())));
        left.remove(one);
      } else if (isOver(one, limit)) {
        store.transact(
            Transaction.of(Change.delete(one.entryKey()), Change.delete(one.recordKey())));
        dropped.accept(one.digest());
        left.remove(one);
      }
    }
    return left;
  }

  private static boolean isOver(Waiting one, Instant limit) {
    return Instant.ofEpochSecond(one.since()).isBefore(limit);
  }
}
