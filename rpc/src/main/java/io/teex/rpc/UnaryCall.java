package io.teex.rpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** One unary call of a service of this process: what gRPC does for it, without its transport. */
final class UnaryCall<Q, A> extends ServerCall<Q, A> {
  private final MethodDescriptor<Q, A> method;
  private @Nullable A answer;
  private @Nullable Status status;

  private UnaryCall(MethodDescriptor<Q, A> method) {
    this.method = method;
  }

  /**
   * Runs a method from start to end in this thread.
   *
   * @throws RuntimeException what the method threw
   */
  static <Q, A> A run(ServerMethodDefinition<Q, A> method, Q request, Peer peer) {
    UnaryCall<Q, A> call = new UnaryCall<>(method.getMethodDescriptor());
    Listener<Q> listener = method.getServerCallHandler().startCall(call, new Metadata());
    listener.onMessage(request);
    ScopedValue.where(CallScope.PEER, peer).run(listener::onHalfClose);
    A answer = call.answer();
    listener.onComplete();
    return answer;
  }

  private A answer() {
    Status end = status;
    A sent = answer;
    if (end == null || (end.isOk() && sent == null)) {
      throw new IllegalStateException(
          "%s returned without an answer".formatted(method.getFullMethodName()));
    }
    if (!end.isOk() || sent == null) {
      throw end.getCause() instanceof RuntimeException cause ? cause : end.asRuntimeException();
    }
    return sent;
  }

  @Override
  public void request(int messages) {
    // The one message is there already.
  }

  @Override
  public void sendHeaders(Metadata headers) {
    // Nobody looks at them.
  }

  @Override
  public void sendMessage(A message) {
    answer = message;
  }

  @Override
  public void close(Status end, Metadata trailers) {
    status = end;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public MethodDescriptor<Q, A> getMethodDescriptor() {
    return method;
  }
}
