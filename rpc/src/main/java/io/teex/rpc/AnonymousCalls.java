package io.teex.rpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/**
 * The services of a server for callers who prove nothing and reach this process by another way than
 * the server's own connections. They may call what {@link Peer.Anonymous} may, and share the room
 * of those who come by a connection. Safe for use by several threads.
 */
public final class AnonymousCalls {
  private final Map<String, Method<?, ?>> methods;
  private final Room room;
  private final int messageBytesMax;
  private final RandomGenerator random;

  private AnonymousCalls(
      Map<String, Method<?, ?>> methods, Room room, int messageBytesMax, RandomGenerator random) {
    this.methods = Map.copyOf(methods);
    this.room = room;
    this.messageBytesMax = messageBytesMax;
    this.random = random;
  }

  /** One method and who may call it. */
  private record Method<Q, A>(ServerMethodDefinition<Q, A> definition, Access access) {
    boolean admits(Peer peer) {
      return access.admits(
          String.valueOf(definition.getMethodDescriptor().getBareMethodName()), peer);
    }

    byte[] run(SecretBytes request, Peer peer) {
      Q parsed = parse(request);
      // The message holds copies of what it needs, and they live as long as it does.
      request.destroy();
      try (InputStream answer =
          definition
              .getMethodDescriptor()
              .streamResponse(UnaryCall.run(definition, parsed, peer))) {
        return answer.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException("reading from memory", e);
      }
    }

    private Q parse(SecretBytes request) {
      MethodDescriptor<Q, A> method = definition.getMethodDescriptor();
      AtomicReference<Q> parsed = new AtomicReference<>();
      try {
        request.exposeTo(
            bytes -> parsed.setPlain(method.parseRequest(new ByteArrayInputStream(bytes))));
      } catch (StatusRuntimeException e) {
        throw new TeexException(
            ErrorCode.MALFORMED,
            "the request is no message of %s".formatted(method.getFullMethodName()),
            e);
      }
      return parsed.getPlain();
    }
  }

  /**
   * @param services each with who may call what
   * @param room that the callers share with those who come by a connection
   */
  static AnonymousCalls of(
      Map<ServerServiceDefinition, Access> services,
      Room room,
      int messageBytesMax,
      RandomGenerator random) {
    Map<String, Method<?, ?>> methods = new HashMap<>();
    services.forEach((service, access) -> {
      for (ServerMethodDefinition<?, ?> definition : service.getMethods()) {
        MethodDescriptor<?, ?> method = definition.getMethodDescriptor();
        if (method.getType() == MethodDescriptor.MethodType.UNARY) {
          methods.put(method.getFullMethodName(), new Method<>(definition, access));
        }
      }
    });
    return new AnonymousCalls(methods, room, messageBytesMax, random);
  }

  /** The longest request that is served, in bytes. */
  public int messageBytesMax() {
    return messageBytesMax;
  }

  /** How many bytes all calls of strangers may take at once. */
  public long bytesMax() {
    return room.bytesMax();
  }

  /**
   * Begins a call, before the first byte of its request is read.
   *
   * @param method its full name, such as {@code teex.Worker/Execute}
   * @param address where the bytes come from, for the log
   * @param expelled told, by another thread, that the request took too long and others wait
   * @throws TeexException {@code NOT_FOUND}, {@code PERMISSION_DENIED}, or {@code UNAVAILABLE} if
   *     there is no room
   */
  public Call begin(String method, String address, Runnable expelled) {
    Method<?, ?> found = methods.get(method);
    if (found == null) {
      throw new TeexException(
          ErrorCode.NOT_FOUND, "there is no such method here: name it as teex.Service/Method");
    }
    Peer.Anonymous caller = new Peer.Anonymous(address);
    if (!found.admits(caller)) {
      throw new TeexException(
          ErrorCode.PERMISSION_DENIED, "a caller that proved nothing may not call this method");
    }
    return new Call(found, caller, room.enter(expelled));
  }

  /** One call, which keeps its place in the room until it is closed. */
  public final class Call implements AutoCloseable {
    private final Method<?, ?> method;
    private final Peer.Anonymous caller;
    private final Room.Place place;

    private Call(Method<?, ?> method, Peer.Anonymous caller, Room.Place place) {
      this.method = method;
      this.caller = caller;
      this.place = place;
    }

    /** Makes room for more bytes of request or answer; false if there is none. */
    public boolean take(long bytes) {
      return place.take(bytes);
    }

    /** Says that the request is complete; false if it took too long and the place is lost. */
    public boolean complete() {
      return place.keep();
    }

    /**
     * Runs the method in this thread.
     *
     * @param request the message's encoding, which is destroyed once it is read
     * @return the answer's
     * @throws TeexException what the caller may know of a failure
     */
    public byte[] serve(SecretBytes request) {
      try {
        return method.run(request, caller);
      } catch (RuntimeException e) {
        String name = method.definition().getMethodDescriptor().getFullMethodName();
        throw Failures.forCaller(e, name, caller.address(), random);
      }
    }

    @Override
    public void close() {
      place.leave();
    }
  }
}
