package io.teex.teeds;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.proto.EnterRequest;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A store on another node, reached over an attested channel that stays the caller's to close. A
 * call that gets no answer is tried again within the client's {@link Patience}, a transaction
 * always under one request id, so that it happens once however often it is sent. {@code
 * UNAVAILABLE} after that means what it means for every store: the transaction may or may not have
 * happened.
 */
public final class StoreClient implements Store {
  /** Shows the store who the caller is. */
  private interface Entrance {
    /** Returns false if there is nothing to show. */
    boolean enter(Duration time);
  }

  private final AttestedChannel channel;
  private final Entrance entrance;
  private final Patience patience;
  private final RandomGenerator random;

  private StoreClient(
      AttestedChannel channel, Entrance entrance, Patience patience, RandomGenerator random) {
    this.channel = channel;
    this.entrance = entrance;
    this.patience = patience;
    this.random = random;
  }

  /** For a caller with nothing to show, who sees the status and nothing else. */
  public StoreClient(AttestedChannel channel) {
    this(channel, time -> false, Patience.DEFAULT, new SecureRandom());
  }

  /**
   * For a dispatcher or the manager.
   *
   * @param certificate the caller's current one; asked for when the store does not know it
   */
  public StoreClient(AttestedChannel channel, Supplier<Signed<NodeCertificate>> certificate) {
    this(channel, certificate, Patience.DEFAULT, new SecureRandom());
  }

  /** For a dispatcher or the manager, with another patience. */
  public StoreClient(
      AttestedChannel channel,
      Supplier<Signed<NodeCertificate>> certificate,
      Patience patience,
      RandomGenerator random) {
    this(
        channel,
        time -> {
          EnterRequest request =
              EnterRequest.newBuilder()
                  .setCertificate(ByteString.copyFrom(certificate.get().encode()))
                  .build();
          channel.call(StoreGrpc.getEnterMethod(), request, time);
          return true;
        },
        patience,
        random);
  }

  @Override
  public Optional<Entry> get(Bytes key) {
    StoreLimits.requireKey(key);
    GetRequest request = GetRequest.newBuilder().setKey(StoreMessages.message(key)).build();
    GetResponse response = call(StoreGrpc.getGetMethod(), request);
    return response.hasEntry()
        ? Optional.of(StoreMessages.entry(response.getEntry()))
        : Optional.empty();
  }

  @Override
  public Page range(KeyRange range, int limit) {
    StoreLimits.requireRange(range, limit);
    return StoreMessages.page(
        call(StoreGrpc.getRangeMethod(), StoreMessages.message(range, limit)));
  }

  @Override
  public TransactionResult transact(RequestId id, Transaction transaction) {
    StoreLimits.requireTransaction(transaction);
    return StoreMessages.result(
        call(StoreGrpc.getTransactMethod(), StoreMessages.message(id, transaction)));
  }

  @Override
  public TransactionResult transact(Transaction transaction) {
    return transact(RequestId.random(random), transaction);
  }

  @Override
  public StoreStatus status() {
    return StoreMessages.status(
        call(StoreGrpc.getStatusMethod(), StoreStatusRequest.getDefaultInstance()));
  }

  private <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
    long end = System.nanoTime() + patience.total().toNanos();
    Duration pause = patience.pauseMin();
    while (true) {
      try {
        return attempt(method, request, end);
      } catch (TeexException e) {
        if (!mayPass(e.code()) || !pause(pause, end)) {
          throw e;
        }
        pause = min(pause.multipliedBy(2), patience.pauseMax());
      }
    }
  }

  /** The store cannot answer, or not say before it asked the chain whether it may. */
  private static boolean mayPass(ErrorCode code) {
    return code == ErrorCode.UNAVAILABLE || code == ErrorCode.CHAIN_UNAVAILABLE;
  }

  private <Q, A> A attempt(MethodDescriptor<Q, A> method, Q request, long end) {
    try {
      return channel.call(method, request, time(end));
    } catch (TeexException e) {
      // The store has not seen this process yet, or was started again since.
      if (e.code() != ErrorCode.NODE_NOT_ENROLLED || !entrance.enter(time(end))) {
        throw e;
      }
      return channel.call(method, request, time(end));
    }
  }

  private Duration time(long end) {
    Duration left = Duration.ofNanos(Math.max(end - System.nanoTime(), 1));
    return min(left, patience.attempt());
  }

  /** Waits a random part of {@code pause}; returns false if no time is left for another attempt. */
  private boolean pause(Duration pause, long end) {
    long nanos = pause.toNanos() / 2 + random.nextLong(pause.toNanos() / 2 + 1);
    if (end - System.nanoTime() <= nanos) {
      return false;
    }
    try {
      Thread.sleep(Duration.ofNanos(nanos));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
