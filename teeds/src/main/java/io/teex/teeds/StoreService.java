package io.teex.teeds;

import io.grpc.stub.StreamObserver;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.rpc.Access;
import io.teex.rpc.Peer;
import io.teex.rpc.Reply;
import io.teex.rpc.proto.EnterRequest;
import io.teex.rpc.proto.EnterResponse;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.RangeRequest;
import io.teex.rpc.proto.RangeResponse;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import io.teex.rpc.proto.StoreStatusResponse;
import io.teex.rpc.proto.TransactRequest;
import io.teex.rpc.proto.TransactResponse;

/**
 * Serves a store to managers and dispatchers, to each its own keys only: the server puts the
 * caller's prefix before every key, so no message can name another's.
 */
public final class StoreService extends StoreGrpc.StoreImplBase {
  /** Who may call what; which keys a caller sees is decided per call. */
  public static final Access ACCESS =
      Access.none()
          .nodes("Enter", Role.MANAGER, Role.DISPATCHER)
          .nodes("Get", Role.MANAGER, Role.DISPATCHER)
          .nodes("Range", Role.MANAGER, Role.DISPATCHER)
          .nodes("Transact", Role.MANAGER, Role.DISPATCHER)
          .anybody("Status");

  private final Store store;
  private final Namespaces namespaces;
  private final Quota quota;

  /**
   * @param namespaces who may call, and what is whose
   * @param quota what each caller may keep
   */
  StoreService(Store store, Namespaces namespaces, Quota quota) {
    this.store = store;
    this.namespaces = namespaces;
    this.quota = quota;
  }

  private Store callers() {
    return new NamespacedStore(store, namespaces.of(Peer.currentNode()), quota);
  }

  @Override
  public void enter(EnterRequest request, StreamObserver<EnterResponse> answer) {
    namespaces.enter(
        Peer.currentNode(),
        Signed.decode(NodeCertificate.class, request.getCertificate().toByteArray()));
    Reply.send(answer, EnterResponse.getDefaultInstance());
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> answer) {
    GetResponse.Builder response = GetResponse.newBuilder();
    callers()
        .get(StoreMessages.bytes(request.getKey()))
        .map(StoreMessages::message)
        .ifPresent(response::setEntry);
    Reply.send(answer, response.build());
  }

  @Override
  public void range(RangeRequest request, StreamObserver<RangeResponse> answer) {
    Page page = callers().range(StoreMessages.range(request), request.getLimit());
    Reply.send(answer, StoreMessages.message(page));
  }

  @Override
  public void transact(TransactRequest request, StreamObserver<TransactResponse> answer) {
    TransactionResult result =
        callers().transact(StoreMessages.requestId(request), StoreMessages.transaction(request));
    Reply.send(answer, StoreMessages.message(result));
  }

  @Override
  public void status(StoreStatusRequest request, StreamObserver<StoreStatusResponse> answer) {
    Reply.send(answer, StoreMessages.message(store.status()));
  }
}
