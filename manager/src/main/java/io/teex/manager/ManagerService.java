package io.teex.manager;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.teex.manager.catalogue.Registrar;
import io.teex.manager.enrol.Enrolment;
import io.teex.manager.keys.RootKeys;
import io.teex.manager.release.Ask;
import io.teex.manager.release.Grant;
import io.teex.manager.release.Releases;
import io.teex.manager.release.Replays;
import io.teex.protocol.Bytes;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.DatasetRegistration;
import io.teex.protocol.ImageRegistration;
import io.teex.protocol.Licence;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Revocation;
import io.teex.protocol.Role;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceKey;
import io.teex.protocol.Signed;
import io.teex.protocol.TypedData;
import io.teex.rpc.Access;
import io.teex.rpc.Peer;
import io.teex.rpc.Reply;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.proto.EnrolRequest;
import io.teex.rpc.proto.EnrolResponse;
import io.teex.rpc.proto.FindServiceKeyRequest;
import io.teex.rpc.proto.FindServiceKeyResponse;
import io.teex.rpc.proto.ManagerGrpc.ManagerImplBase;
import io.teex.rpc.proto.ManagerStatusRequest;
import io.teex.rpc.proto.ManagerStatusResponse;
import io.teex.rpc.proto.OpenInputRequest;
import io.teex.rpc.proto.OpenInputResponse;
import io.teex.rpc.proto.RegisterDatasetRequest;
import io.teex.rpc.proto.RegisterDatasetResponse;
import io.teex.rpc.proto.RegisterImageRequest;
import io.teex.rpc.proto.RegisterImageResponse;
import io.teex.rpc.proto.ReleaseRequest;
import io.teex.rpc.proto.ReleaseResponse;
import io.teex.rpc.proto.ReplayReleaseRequest;
import io.teex.rpc.proto.RevokeRequest;
import io.teex.rpc.proto.RevokeResponse;
import io.teex.rpc.proto.StoreKeysRequest;
import io.teex.rpc.proto.StoreKeysResponse;
import java.util.function.Supplier;

/** The manager's calls: who may make them, and what they mean. */
final class ManagerService extends ManagerImplBase {
  /** Which peers are let in before a call's own checks. */
  static final Access ACCESS =
      Access.none()
          .nodes("Enrol", Role.STORE, Role.DISPATCHER, Role.WORKER)
          .nodes("StoreKeys", Role.STORE)
          .users("RegisterImage")
          .anybody("FindServiceKey")
          .users("RegisterDataset")
          .users("Revoke")
          .nodes("OpenInput", Role.WORKER)
          .nodes("Release", Role.WORKER)
          .nodes("ReleaseReplay", Role.WORKER)
          .anybody("Status");

  private static final int STORE_EPOCH = 1;

  private final RootKeys keys;
  private final Enrolment enrolment;
  private final Registrar registrar;
  private final Releases releases;
  private final Replays replays;
  private final Supplier<ManagerStatusResponse> status;
  private final ManagerLog log;

  /**
   * @param status what {@code Status} answers at a moment
   */
  ManagerService(
      RootKeys keys,
      Enrolment enrolment,
      Registrar registrar,
      Releases releases,
      Replays replays,
      Supplier<ManagerStatusResponse> status,
      ManagerLog log) {
    this.keys = keys;
    this.enrolment = enrolment;
    this.registrar = registrar;
    this.releases = releases;
    this.replays = replays;
    this.status = status;
    this.log = log;
  }

  @Override
  public void enrol(EnrolRequest request, StreamObserver<EnrolResponse> answer) {
    Peer.Node node = Peer.currentNode();
    NodeCertificates.Accounts accounts =
        NodeCertificates.requirePossession(request, node.tlsKeyHash());
    Signed<NodeCertificate> certificate =
        enrolment.admit(
            node.role(), node.tlsKeyHash(), node.claims(), accounts.signer(), accounts.payout());
    log.enrolled(certificate.value());
    Reply.send(
        answer,
        EnrolResponse.newBuilder()
            .setCertificate(ByteString.copyFrom(certificate.encode()))
            .build());
  }

  @Override
  public void storeKeys(StoreKeysRequest request, StreamObserver<StoreKeysResponse> answer) {
    String shard = Messages.shard(request.getShard());
    Peer.Node node = Peer.currentNode();
    enrolment.requireStore(node.tlsKeyHash(), node.claims());
    try (SecretBytes key = keys.storeKey(shard, STORE_EPOCH)) {
      log.gaveStoreKey(shard, node.tlsKeyHash());
      Reply.send(
          answer,
          StoreKeysResponse.newBuilder()
              .setEpoch(STORE_EPOCH)
              .setKey(Messages.secret(key))
              .build());
    }
  }

  @Override
  public void registerImage(
      RegisterImageRequest request, StreamObserver<RegisterImageResponse> answer) {
    Signed<ImageRegistration> registration =
        Messages.signed(ImageRegistration.class, request.getRegistration());
    try (SecretBytes imageKey = Messages.key("image key", request.getImageKey())) {
      Signed<ServiceKey> serviceKey = registrar.register(registration, imageKey);
      log.registeredImage(registration.value().imageDigest(), registration.value().owner());
      Reply.send(
          answer,
          RegisterImageResponse.newBuilder()
              .setPublicKey(ByteString.copyFrom(serviceKey.value().publicKey().copy()))
              .setServiceKey(ByteString.copyFrom(serviceKey.encode()))
              .build());
    }
  }

  @Override
  public void findServiceKey(
      FindServiceKeyRequest request, StreamObserver<FindServiceKeyResponse> answer) {
    Signed<ServiceKey> serviceKey =
        registrar.serviceKey(Messages.bytes32("image digest", request.getImageDigest()));
    Reply.send(
        answer,
        FindServiceKeyResponse.newBuilder()
            .setServiceKey(ByteString.copyFrom(serviceKey.encode()))
            .build());
  }

  @Override
  public void registerDataset(
      RegisterDatasetRequest request, StreamObserver<RegisterDatasetResponse> answer) {
    Signed<DatasetRegistration> registration =
        Messages.signed(DatasetRegistration.class, request.getRegistration());
    Licence licence = TypedData.decode(Licence.class, request.getLicence().toByteArray());
    try (DatasetKeys keys = Messages.datasetKeys(request.getDatasetKeys())) {
      registrar.register(registration, licence, keys);
    }
    log.registeredDataset(registration.value().licenceDigest(), licence.owner());
    Reply.send(answer, RegisterDatasetResponse.getDefaultInstance());
  }

  @Override
  public void revoke(RevokeRequest request, StreamObserver<RevokeResponse> answer) {
    Signed<Revocation> revocation = Messages.signed(Revocation.class, request.getRevocation());
    Licence licence = releases.revoke(revocation);
    log.revoked(revocation.value().licenceDigest(), licence.owner());
    Reply.send(answer, RevokeResponse.getDefaultInstance());
  }

  @Override
  public void openInput(OpenInputRequest request, StreamObserver<OpenInputResponse> answer) {
    Ask ask = Messages.ask(request.getAttempt(), Peer.currentNode());
    Bytes header = Messages.sealedInputHeader(request.getSealedInputHeader());
    try (SecretBytes inputKey = releases.openInput(ask, header)) {
      Reply.send(
          answer, OpenInputResponse.newBuilder().setInputKey(Messages.secret(inputKey)).build());
    }
  }

  @Override
  public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> answer) {
    try (Grant grant = releases.release(Messages.ask(request, Peer.currentNode()))) {
      Reply.send(answer, Messages.release(grant));
    }
  }

  @Override
  public void releaseReplay(ReplayReleaseRequest request, StreamObserver<ReleaseResponse> answer) {
    try (Grant grant = replays.release(Messages.replayAsk(request, Peer.currentNode()))) {
      Reply.send(answer, Messages.release(grant));
    }
  }

  @Override
  public void status(ManagerStatusRequest request, StreamObserver<ManagerStatusResponse> answer) {
    Reply.send(answer, status.get());
  }
}
