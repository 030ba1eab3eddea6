package io.teex.manager;

import com.google.protobuf.ByteString;
import io.teex.manager.release.Ask;
import io.teex.manager.release.Grant;
import io.teex.manager.release.LicenceRules;
import io.teex.manager.release.ReplayAsk;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SealedInput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.Peer;
import io.teex.rpc.proto.DatasetRelease;
import io.teex.rpc.proto.ReleaseRequest;
import io.teex.rpc.proto.ReleaseResponse;
import io.teex.rpc.proto.ReplayReleaseRequest;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Wire messages to and from the manager's own words; what is malformed gets no further. */
final class Messages {
  private static final Pattern SHARD = Pattern.compile("[a-z0-9-]{1,64}");

  private Messages() {}

  static Ask ask(ReleaseRequest request, Peer.Node caller) {
    return new Ask(
        signed(Order.class, request.getOrder()),
        optional(Session.class, request.getSession()),
        signed(Lease.class, request.getLease()),
        signed(NodeCertificate.class, request.getDispatcherCertificate()),
        signed(NodeCertificate.class, request.getWorkerCertificate()),
        new Ask.Caller(caller.tlsKeyHash(), caller.claims().kind()));
  }

  static ReplayAsk replayAsk(ReplayReleaseRequest request, Peer.Node caller) {
    // A leave more than data sets can be ordered is no honest worker's.
    if (request.getLeavesCount() > LicenceRules.DATASETS_MAX) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "%d leaves, expected at most %d"
              .formatted(request.getLeavesCount(), LicenceRules.DATASETS_MAX));
    }
    return new ReplayAsk(
        signed(Order.class, request.getOrder()),
        optional(Session.class, request.getSession()),
        signed(Receipt.class, request.getReceipt()),
        signed(Replay.class, request.getReplay()),
        request.getLeavesList().stream().map(leave -> signed(ReplayLeave.class, leave)).toList(),
        signed(NodeCertificate.class, request.getWorkerCertificate()),
        new Ask.Caller(caller.tlsKeyHash(), caller.claims().kind()));
  }

  static Bytes sealedInputHeader(ByteString field) {
    if (field.size() != SealedInput.SEALED_KEY_BYTES) {
      throw malformed("sealed input header", field.size(), SealedInput.SEALED_KEY_BYTES);
    }
    return Bytes.of(field.toByteArray());
  }

  static ReleaseResponse release(Grant grant) {
    ReleaseResponse.Builder response =
        ReleaseResponse.newBuilder()
            .setImageCid(grant.imageCid())
            .setImageKey(secret(grant.imageKey()))
            .setSeed(secret(grant.seed()));
    for (Grant.Data data : grant.datasets()) {
      response.addDatasets(dataset(data));
    }
    return response.build();
  }

  private static DatasetRelease dataset(Grant.Data data) {
    return DatasetRelease.newBuilder()
        .setCid(data.cid())
        .setKeys(secret(data.keys()))
        .setDataDigest(ByteString.copyFrom(data.dataDigest().copy()))
        .setOutputBytesMax(data.outputBytesMax())
        .build();
  }

  static ByteString bytes(Address address) {
    return ByteString.copyFrom(address.value().copy());
  }

  static <T extends Record> Signed<T> signed(Class<T> type, ByteString encoded) {
    return Signed.decode(type, encoded.toByteArray());
  }

  private static <T extends Record> @Nullable Signed<T> optional(
      Class<T> type, ByteString encoded) {
    return encoded.isEmpty() ? null : signed(type, encoded);
  }

  static Bytes32 bytes32(String name, ByteString bytes) {
    if (bytes.size() != Bytes32.SIZE) {
      throw malformed(name, bytes.size(), Bytes32.SIZE);
    }
    return Bytes32.of(bytes.toByteArray());
  }

  static SecretBytes key(String name, ByteString bytes) {
    if (bytes.size() != SealedContent.KEY_BYTES) {
      throw malformed(name, bytes.size(), SealedContent.KEY_BYTES);
    }
    byte[] key = bytes.toByteArray();
    try {
      return SecretBytes.copyOf(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  static DatasetKeys datasetKeys(ByteString bytes) {
    if (bytes.size() > DatasetKeys.ENCODED_BYTES_MAX) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "dataset keys have %d bytes, at most %d are taken"
              .formatted(bytes.size(), DatasetKeys.ENCODED_BYTES_MAX));
    }
    try (SecretBytes encoded = SecretBytes.owned(bytes.toByteArray())) {
      return DatasetKeys.decode(encoded);
    }
  }

  static ByteString secret(SecretBytes secret) {
    byte[] bytes = secret.expose();
    try {
      return ByteString.copyFrom(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** Shard names become part of a key's label. */
  static String shard(String name) {
    if (!SHARD.matcher(name).matches()) {
      throw new TeexException(ErrorCode.MALFORMED, "a shard's name is 1 to 64 of a-z, 0-9 and -");
    }
    return name;
  }

  private static TeexException malformed(String name, int seen, int expected) {
    return new TeexException(
        ErrorCode.MALFORMED, "%s has %d bytes, expected %d".formatted(name, seen, expected));
  }
}
