package io.teex.rpc.web;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.teex.attestation.Decisions;
import io.teex.attestation.Expected;
import io.teex.attestation.Policy;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.SealedCall;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import io.teex.rpc.Attestor;
import io.teex.rpc.Grounds;
import io.teex.rpc.Peer;
import io.teex.rpc.proto.SealedAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Calls one node over HTTP, where an {@link io.teex.rpc.AttestedChannel} cannot pass: proxies,
 * gateways, browsers' rules. Guarantees: a request is readable only for a process that proved, over
 * a nonce of ours and at most a minute ago, that the policy accepts it in the expected role; the
 * answer is that process's answer to this very request. Whoever carries the two learns sizes, times
 * and the method's name, and may send a request again, which methods for anonymous callers bear.
 * Against an attested channel it lacks forward secrecy within the life of the node's key.
 *
 * <p>What the node says of a failure is sealed like an answer. What is said in the clear, by the
 * node or by somebody between, ends the call and is believed no further. Safe for use by several
 * threads.
 */
public final class SealedCaller implements AutoCloseable {
  /** After how long the node has to show evidence again: as long as a live peer is believed. */
  static final Duration JUDGED_FOR = Duration.ofMinutes(1);

  private static final int NONCE_BYTES = 32;

  /** In the clear nobody is believed to know more than this. */
  private static final Pattern FAILURE =
      Pattern.compile(
          "\\{\"error\":\"(?<code>UNAVAILABLE|PERMISSION_DENIED|NOT_FOUND|MALFORMED|BLOB_TAMPERED)\","
              + "\"message\":\"(?<message>[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]{0,300}+)\"\\}");

  private final WebClient http;
  private final URI base;
  private final Role role;
  private final Attestor attestor;
  private final Consumer<Peer.Node> requirement;
  private final int messageBytesMax;
  private final Duration deadline;
  private final InstantSource clock;
  private final SecureRandom random;
  private final String name;
  private @Nullable Callee callee;

  /** A process whose evidence was accepted. */
  private record Callee(Bytes32 hpkeKey, Peer.Node peer, Instant since) {}

  private SealedCaller(Builder builder) {
    base = builder.base;
    role = builder.role;
    attestor = new Attestor(builder.grounds.apply(builder.clock), Decisions.NOT_KEPT);
    requirement = builder.requirement;
    messageBytesMax = builder.messageBytesMax;
    deadline = builder.deadline;
    clock = builder.clock;
    random = builder.random;
    name = "%s at %s".formatted(role.name().toLowerCase(Locale.ROOT), base);
    http = new WebClient(name);
  }

  /**
   * Begins a caller of a node that has to be a {@code role} by {@code policy}, for evidence that
   * needs no collateral.
   *
   * @param base of the node's {@code attestation.http}, such as {@code http://host:port}, or of
   *     what passes on to it
   */
  public static Builder to(URI base, Role role, Policy policy) {
    return new Builder(base, role, clock -> Grounds.fixed(policy, clock));
  }

  /** Begins a caller of a node that has to be a {@code role} on these grounds. */
  public static Builder to(URI base, Role role, Grounds grounds) {
    return new Builder(base, role, clock -> grounds);
  }

  /** What a caller is made of; used once. */
  public static final class Builder {
    private static final int MESSAGE_BYTES_MAX = 16 << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final URI base;
    private final Role role;
    private final Function<InstantSource, Grounds> grounds;
    private Consumer<Peer.Node> requirement = peer -> {};
    private int messageBytesMax = MESSAGE_BYTES_MAX;
    private Duration deadline = DEADLINE;
    private InstantSource clock = InstantSource.system();
    private SecureRandom random = new SecureRandom();

    private Builder(URI base, Role role, Function<InstantSource, Grounds> grounds) {
      String text = base.toString();
      this.base = text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : base;
      this.role = role;
      this.grounds = grounds;
    }

    /**
     * Asks more of the peer than the policy does, such as the key that its node certificate names.
     * It runs for everything that the peer proves, before anything is sealed to it, and throws to
     * refuse.
     */
    public Builder requiring(Consumer<Peer.Node> check) {
      requirement = check;
      return this;
    }

    /** The longest answer that is read, in bytes; 16 MiB by default. */
    public Builder messageBytesMax(int bytes) {
      messageBytesMax = bytes;
      return this;
    }

    /** How long a call may take that names no deadline of its own; 30 s by default. */
    public Builder deadline(Duration time) {
      deadline = time;
      return this;
    }

    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    public Builder random(SecureRandom source) {
      random = source;
      return this;
    }

    /** Nothing is sent before the first call. */
    public SealedCaller open() {
      return new SealedCaller(this);
    }
  }

  /**
   * Has the node prove itself now, and returns who it is.
   *
   * @throws TeexException {@code UNAVAILABLE}; {@code ATTESTATION_REFUSED}, {@code
   *     UNKNOWN_MEASUREMENT} or {@code SIMULATED_REFUSED} with the reasons if it is refused; {@code
   *     MALFORMED} if what is there shows no evidence
   */
  public Peer.Node connect() {
    return judge(deadline).peer();
  }

  /**
   * Calls a method within the default deadline.
   *
   * @throws TeexException as the service threw it; {@code BLOB_TAMPERED} if request or answer were
   *     changed; {@code PERMISSION_DENIED}, {@code NOT_FOUND}, {@code MALFORMED} as the node, or
   *     somebody between, says in the clear; else as {@link #connect}
   */
  public <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
    return call(method, request, deadline);
  }

  /** Calls a method; the answer, and the proof before it if one is due, may take this long each. */
  public <Q, A> A call(MethodDescriptor<Q, A> method, Q request, Duration time) {
    String path = CallDesk.PATH + method.getFullMethodName();
    try (SecretBytes message = encode(method, request)) {
      Callee known = judged(time);
      try {
        return ask(known, method, path, message, time);
      } catch (Unopened e) {
        // Its key may be newer than what we know of it; that it is another takes its evidence.
        Callee now = judge(time);
        if (now.hpkeKey().equals(known.hpkeKey())) {
          throw e.failure;
        }
        try {
          return ask(now, method, path, message, time);
        } catch (Unopened again) {
          throw again.failure;
        }
      }
    }
  }

  private synchronized Callee judged(Duration time) {
    Callee known = callee;
    return known != null && clock.instant().isBefore(known.since().plus(JUDGED_FOR))
        ? known
        : judge(time);
  }

  private synchronized Callee judge(Duration time) {
    callee = null;
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    Instant asked = clock.instant();
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(
                URI.create(
                    "%s%s?nonce=%s".formatted(base, EvidenceDesk.PATH, Bytes.of(nonce).toHex()))),
            ShownEvidence.BYTES_MAX,
            time);
    if (response.statusCode() != 200) {
      throw inTheClear(response);
    }
    ShownEvidence shown =
        ShownEvidence.parse(new String(response.body(), StandardCharsets.UTF_8), name);
    Expected expected =
        new Expected(WebBinding.of(role, shown.hpkeKey(), shown.tlsKeyHash(), nonce), role);
    Peer.Node peer =
        attestor.judge(shown.endorsed(), expected, shown.tlsKeyHash(), base.toString());
    requirement.accept(peer);
    Callee proven = new Callee(shown.hpkeKey(), peer, asked);
    callee = proven;
    return proven;
  }

  private <Q, A> A ask(
      Callee to, MethodDescriptor<Q, A> method, String path, SecretBytes message, Duration time)
      throws Unopened {
    try (SealedCall.Asked asked = SealedCall.ask(to.hpkeKey(), path, message, random)) {
      HttpResponse<byte[]> response =
          http.send(
              HttpRequest.newBuilder(URI.create(base + path))
                  .header("Content-Type", HttpAnswer.SEALED)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(asked.request().copy())),
              messageBytesMax + SealedCall.ANSWER_OVERHEAD_BYTES,
              time);
      if (response.statusCode() != 200) {
        TeexException failure = inTheClear(response);
        if (failure.code() == ErrorCode.BLOB_TAMPERED) {
          throw new Unopened(failure);
        }
        throw failure;
      }
      try (SecretBytes answer = asked.open(Bytes.of(response.body()))) {
        return decode(method, answer);
      }
    }
  }

  /** The node says that it could not open the request. */
  private static final class Unopened extends Exception {
    private static final long serialVersionUID = 1;

    private final transient TeexException failure;

    Unopened(TeexException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  private static <Q, A> SecretBytes encode(MethodDescriptor<Q, A> method, Q request) {
    try (InputStream message = method.streamRequest(request)) {
      return SecretBytes.owned(message.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private <Q, A> A decode(MethodDescriptor<Q, A> method, SecretBytes plain) {
    byte[] exposed = plain.expose();
    try {
      SealedAnswer answer = SealedAnswer.parseFrom(exposed);
      return switch (answer.getOutcomeCase()) {
        case ANSWER -> method.parseResponse(answer.getAnswer().newInput());
        case FAILURE ->
            throw code(answer.getFailure().getCode())
                .map(code -> new TeexException(code, answer.getFailure().getMessage()))
                .orElseGet(() ->
                    new TeexException(
                        ErrorCode.INTERNAL,
                        "%s: %s %s"
                            .formatted(
                                name,
                                answer.getFailure().getCode(),
                                answer.getFailure().getMessage())));
        case OUTCOME_NOT_SET -> throw malformed(null);
      };
    } catch (InvalidProtocolBufferException | StatusRuntimeException e) {
      throw malformed(e);
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  private TeexException malformed(@Nullable Exception cause) {
    String message = "%s answered in a form that this side does not know".formatted(name);
    return cause == null
        ? new TeexException(ErrorCode.MALFORMED, message)
        : new TeexException(ErrorCode.MALFORMED, message, cause);
  }

  private TeexException inTheClear(HttpResponse<byte[]> response) {
    Matcher said = FAILURE.matcher(new String(response.body(), StandardCharsets.UTF_8));
    Optional<ErrorCode> code = said.matches() ? code(said.group("code")) : Optional.empty();
    return code.map(known ->
            new TeexException(
                known,
                "%s, or somebody between, says in the clear: %s"
                    .formatted(name, said.group("message"))))
        .orElseGet(() ->
            new TeexException(
                ErrorCode.UNAVAILABLE,
                "%s answered with status %d".formatted(name, response.statusCode())));
  }

  /** A newer node may know codes that this side does not. */
  private static Optional<ErrorCode> code(String name) {
    return Arrays.stream(ErrorCode.values()).filter(code -> code.name().equals(name)).findFirst();
  }

  /** Cuts running calls off. */
  @Override
  public void close() {
    http.close();
  }

  @Override
  public String toString() {
    return "SealedCaller[%s]".formatted(name);
  }
}
