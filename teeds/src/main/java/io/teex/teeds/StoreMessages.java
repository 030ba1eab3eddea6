package io.teex.teeds;

import com.google.protobuf.ByteString;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.rpc.proto.Compare;
import io.teex.rpc.proto.KeyValue;
import io.teex.rpc.proto.RangeRequest;
import io.teex.rpc.proto.RangeResponse;
import io.teex.rpc.proto.StoreStatusResponse;
import io.teex.rpc.proto.TransactRequest;
import io.teex.rpc.proto.TransactResponse;
import io.teex.rpc.proto.Write;
import java.util.List;

/** The store's types as they go by wire. What does not stand for one is {@code MALFORMED}. */
final class StoreMessages {
  private StoreMessages() {}

  static Bytes bytes(ByteString bytes) {
    return Bytes.of(bytes.toByteArray());
  }

  static ByteString message(Bytes bytes) {
    return ByteString.copyFrom(bytes.copy());
  }

  static KeyValue message(Entry entry) {
    return KeyValue.newBuilder()
        .setKey(message(entry.key()))
        .setValue(message(entry.value()))
        .setRevision(entry.revision())
        .build();
  }

  static Entry entry(KeyValue message) {
    if (message.getRevision() < 1) {
      throw malformed("an entry of revision " + Long.toUnsignedString(message.getRevision()));
    }
    return new Entry(bytes(message.getKey()), bytes(message.getValue()), message.getRevision());
  }

  private static List<Entry> entries(List<KeyValue> messages) {
    return messages.stream().map(StoreMessages::entry).toList();
  }

  static RangeRequest message(KeyRange range, int limit) {
    return RangeRequest.newBuilder()
        .setFrom(message(range.from()))
        .setTo(message(range.to()))
        .setLimit(limit)
        .build();
  }

  static KeyRange range(RangeRequest message) {
    return new KeyRange(bytes(message.getFrom()), bytes(message.getTo()));
  }

  static RangeResponse message(Page page) {
    return RangeResponse.newBuilder()
        .addAllEntries(page.entries().stream().map(StoreMessages::message).toList())
        .setMore(page.more())
        .build();
  }

  static Page page(RangeResponse message) {
    if (message.getMore() && message.getEntriesCount() == 0) {
      throw malformed("an empty page of a range that goes on");
    }
    return new Page(entries(message.getEntriesList()), message.getMore());
  }

  static TransactRequest message(RequestId id, Transaction transaction) {
    return TransactRequest.newBuilder()
        .addAllCompare(transaction.comparisons().stream().map(StoreMessages::message).toList())
        .addAllThenWrites(transaction.then().stream().map(StoreMessages::message).toList())
        .addAllElseWrites(transaction.otherwise().stream().map(StoreMessages::message).toList())
        .setRequestId(message(id.value()))
        .build();
  }

  static Transaction transaction(TransactRequest message) {
    return new Transaction(
        message.getCompareList().stream().map(StoreMessages::comparison).toList(),
        message.getThenWritesList().stream().map(StoreMessages::change).toList(),
        message.getElseWritesList().stream().map(StoreMessages::change).toList());
  }

  static RequestId requestId(TransactRequest message) {
    if (message.getRequestId().size() != RequestId.SIZE) {
      throw malformed(
          "a request id of %d bytes, expected %d"
              .formatted(message.getRequestId().size(), RequestId.SIZE));
    }
    RequestId id = new RequestId(bytes(message.getRequestId()));
    if (id.equals(RequestId.NONE)) {
      throw malformed("a request id of zeros, expected one drawn at random");
    }
    return id;
  }

  private static Compare message(Comparison comparison) {
    Compare.Builder message = Compare.newBuilder().setKey(message(comparison.key()));
    return switch (comparison) {
      case Comparison.AtRevision(var key, var revision) -> message.setRevision(revision).build();
      case Comparison.HasValue(var key, var value) -> message.setValue(message(value)).build();
    };
  }

  private static Comparison comparison(Compare message) {
    Bytes key = bytes(message.getKey());
    return switch (message.getExpectedCase()) {
      case REVISION -> {
        if (message.getRevision() < 0) {
          throw malformed("a comparison with revision " + message.getRevision());
        }
        yield new Comparison.AtRevision(key, message.getRevision());
      }
      case VALUE -> new Comparison.HasValue(key, bytes(message.getValue()));
      case EXPECTED_NOT_SET -> throw malformed("a comparison that expects nothing");
    };
  }

  private static Write message(Change change) {
    Write.Builder message = Write.newBuilder().setKey(message(change.key()));
    return switch (change) {
      case Change.Put(var key, var value) -> message.setPut(message(value)).build();
      case Change.Delete(var key) -> message.setDelete(true).build();
    };
  }

  private static Change change(Write message) {
    Bytes key = bytes(message.getKey());
    return switch (message.getChangeCase()) {
      case PUT -> Change.put(key, bytes(message.getPut()));
      case DELETE -> {
        if (!message.getDelete()) {
          throw malformed("a write that does not delete");
        }
        yield Change.delete(key);
      }
      case CHANGE_NOT_SET -> throw malformed("a write that writes nothing");
    };
  }

  static TransactResponse message(TransactionResult result) {
    return TransactResponse.newBuilder()
        .setSucceeded(result.succeeded())
        .setRevision(result.revision())
        .addAllSeen(result.seen().stream().map(StoreMessages::message).toList())
        .build();
  }

  static TransactionResult result(TransactResponse message) {
    return new TransactionResult(
        message.getSucceeded(), message.getRevision(), entries(message.getSeenList()));
  }

  static StoreStatusResponse message(StoreStatus status) {
    return StoreStatusResponse.newBuilder()
        .setRevision(status.revision())
        .setEpoch(status.epoch())
        .setRollbackProtection(status.rollbackProtection().label())
        .build();
  }

  static StoreStatus status(StoreStatusResponse message) {
    return new StoreStatus(
        message.getRevision(),
        message.getEpoch(),
        StoreStatus.RollbackProtection.of(message.getRollbackProtection()));
  }

  private static TeexException malformed(String what) {
    return new TeexException(ErrorCode.MALFORMED, what);
  }
}
