package io.teex.rpc;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What callers of one kind may take up at once: calls, and bytes of their requests and answers. A
 * place is taken before the first byte of a request is read. Whoever takes longer than {@link
 * #TRANSFER_TIME_MAX} to send a request or to read an answer loses the place as soon as somebody
 * else needs one.
 */
final class Room {
  static final Duration TRANSFER_TIME_MAX = Duration.ofMinutes(1);

  private final int callsMax;
  private final long bytesMax;
  private final InstantSource clock;

  /** Those that wait for their callers, oldest first. */
  private final Set<Place> receiving = new LinkedHashSet<>();

  private final Set<Place> answering = new LinkedHashSet<>();
  private int calls;
  private long bytes;

  /**
   * @param bytesMax of all calls that have a place: their requests, from the first byte on, and
   *     their answers
   */
  Room(int callsMax, long bytesMax, InstantSource clock) {
    this.callsMax = callsMax;
    this.bytesMax = bytesMax;
    this.clock = clock;
  }

  /** Of all calls that have a place. */
  long bytesMax() {
    return bytesMax;
  }

  /**
   * Takes a place, which its owner has to leave.
   *
   * @param expelled told, by another thread, that the place was lost
   * @throws TeexException {@code UNAVAILABLE} if there is none
   */
  Place enter(Runnable expelled) {
    Place place = new Place(clock.instant(), expelled);
    if (!seat(place)) {
      expelSlow();
      if (!seat(place)) {
        throw new TeexException(ErrorCode.UNAVAILABLE, "too many calls at once");
      }
    }
    return place;
  }

  private synchronized boolean seat(Place place) {
    if (calls == callsMax) {
      return false;
    }
    calls++;
    receiving.add(place);
    return true;
  }

  private void expelSlow() {
    expelSlow(receiving);
    expelSlow(answering);
  }

  /** Takes their places from all who have not sent their requests in time, though nobody waits. */
  void expelUnfinished() {
    expelSlow(receiving);
  }

  private void expelSlow(Set<Place> transfers) {
    List<Place> slow = new ArrayList<>();
    synchronized (this) {
      Instant limit = clock.instant().minus(TRANSFER_TIME_MAX);
      Iterator<Place> oldest = transfers.iterator();
      while (oldest.hasNext()) {
        Place place = oldest.next();
        if (!place.since.isBefore(limit)) {
          break;
        }
        oldest.remove();
        place.free();
        slow.add(place);
      }
    }
    slow.forEach(place -> place.expelled.run());
  }

  /** One call's part of the room. */
  final class Place {
    private final Runnable expelled;
    private Instant since;
    private long taken;
    private boolean left;

    private Place(Instant since, Runnable expelled) {
      this.since = since;
      this.expelled = expelled;
    }

    /** Makes room for more of the request; false if there is none, or the place was lost. */
    boolean take(long more) {
      if (taken(more)) {
        return true;
      }
      expelSlow();
      return taken(more);
    }

    private boolean taken(long more) {
      synchronized (Room.this) {
        if (left || bytes + more > bytesMax) {
          return false;
        }
        bytes += more;
        taken += more;
        return true;
      }
    }

    /** Says that the request is complete; false if the place was lost before. */
    boolean keep() {
      synchronized (Room.this) {
        receiving.remove(this);
        return !left;
      }
    }

    /**
     * Makes room for the answer in place of the request, of which nobody needs anything any more;
     * now the caller has to read. False if there is no room, or the place was lost.
     */
    boolean answer(long size) {
      if (answered(size)) {
        return true;
      }
      expelSlow();
      return answered(size);
    }

    private boolean answered(long size) {
      synchronized (Room.this) {
        if (left || bytes - taken + size > bytesMax) {
          return false;
        }
        bytes += size - taken;
        taken = size;
        since = clock.instant();
        answering.add(this);
        return true;
      }
    }

    /** Nothing of the answer is held any more, if there was one: only the call is under way. */
    void forgetAnswer() {
      synchronized (Room.this) {
        if (answering.remove(this)) {
          bytes -= taken;
          taken = 0;
        }
      }
    }

    /** Gives everything back; again and again is the same as once. */
    void leave() {
      synchronized (Room.this) {
        receiving.remove(this);
        answering.remove(this);
        free();
      }
    }

    private void free() {
      if (!left) {
        left = true;
        calls--;
        bytes -= taken;
      }
    }
  }
}
