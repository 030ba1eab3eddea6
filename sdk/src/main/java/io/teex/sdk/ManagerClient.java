package io.teex.sdk;

import com.google.protobuf.ByteString;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.DatasetRegistration;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.ImageRegistration;
import io.teex.protocol.Licence;
import io.teex.protocol.Revocation;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceKey;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.proto.FindServiceKeyRequest;
import io.teex.rpc.proto.ManagerGrpc;
import io.teex.rpc.proto.ManagerStatusRequest;
import io.teex.rpc.proto.RegisterDatasetRequest;
import io.teex.rpc.proto.RegisterImageRequest;
import io.teex.rpc.proto.RevokeRequest;
import java.time.Duration;

/** The Service Manager at the other end of an attested channel. */
final class ManagerClient implements AutoCloseable {
  private static final Duration REGISTER_MAX = Duration.ofMinutes(2);

  private final AttestedChannel channel;
  private final Domain domain;
  private final Address address;

  private ManagerClient(AttestedChannel channel, Domain domain, Address address) {
    this.channel = channel;
    this.domain = domain;
    this.address = address;
  }

  /** Asks the attested manager who it is. */
  static ManagerClient connect(AttestedChannel channel, Domain domain) {
    Bytes address =
        Wire.bytes(
            channel
                .call(ManagerGrpc.getStatusMethod(), ManagerStatusRequest.getDefaultInstance())
                .getAddress());
    return new ManagerClient(channel, domain, new Address(address));
  }

  /** Whose signature on certificates and service keys counts. */
  Address address() {
    return address;
  }

  /** Hands the key of a sealed image over; returns the service's public key. */
  Bytes32 registerImage(Signed<ImageRegistration> registration, SecretBytes imageKey) {
    RegisterImageRequest request =
        RegisterImageRequest.newBuilder()
            .setRegistration(Wire.of(registration))
            .setImageKey(Wire.exposed(imageKey))
            .build();
    return requireKey(
        registration.value().imageDigest(),
        channel.call(ManagerGrpc.getRegisterImageMethod(), request, REGISTER_MAX).getServiceKey());
  }

  /**
   * The public key to which inputs for an image's services are sealed, as the manager signed it.
   */
  Bytes32 serviceKey(Bytes32 imageDigest) {
    FindServiceKeyRequest request =
        FindServiceKeyRequest.newBuilder().setImageDigest(Wire.of(imageDigest)).build();
    return requireKey(
        imageDigest, channel.call(ManagerGrpc.getFindServiceKeyMethod(), request).getServiceKey());
  }

  private Bytes32 requireKey(Bytes32 imageDigest, ByteString encoded) {
    Signed<ServiceKey> signed = Wire.signed(ServiceKey.class, encoded);
    signed.requireSigner(domain, address);
    if (!signed.value().imageDigest().equals(imageDigest)) {
      throw new TeexException(
          ErrorCode.ORDER_MISMATCH,
          "the manager's service key is for image %s, asked was image %s"
              .formatted(signed.value().imageDigest(), imageDigest));
    }
    return signed.value().publicKey();
  }

  void registerDataset(
      Signed<DatasetRegistration> registration, Licence licence, DatasetKeys keys) {
    try (SecretBytes encoded = keys.encode()) {
      RegisterDatasetRequest request =
          RegisterDatasetRequest.newBuilder()
              .setRegistration(Wire.of(registration))
              .setLicence(ByteString.copyFrom(TypedData.encode(licence)))
              .setDatasetKeys(Wire.exposed(encoded))
              .build();
      channel.call(ManagerGrpc.getRegisterDatasetMethod(), request, REGISTER_MAX);
    }
  }

  void revoke(Signed<Revocation> revocation) {
    channel.call(
        ManagerGrpc.getRevokeMethod(),
        RevokeRequest.newBuilder().setRevocation(Wire.of(revocation)).build());
  }

  @Override
  public void close() {
    channel.close();
  }
}
