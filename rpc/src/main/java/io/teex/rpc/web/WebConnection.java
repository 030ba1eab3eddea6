package io.teex.rpc.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.rpc.AnonymousCalls;
import io.teex.rpc.Strangers;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection and its one request: read as it arrives, within its room and its time, served on a
 * thread of its own, answered, closed. Everything here but the serving runs in the connection's
 * event loop.
 */
final class WebConnection extends SimpleChannelInboundHandler<HttpObject> {
  private static final System.Logger LOG = System.getLogger(WebConnection.class.getName());
  private static final int TOO_LARGE = 413;
  private static final int TOO_SLOW = 408;
  private static final String PREFLIGHT_SECONDS = "600";

  private final WebServer.Desks desks;
  private final Strangers strangers;
  private State state = new State.Waiting();
  private @Nullable Future<?> timer;

  /** How far the exchange has come. */
  private sealed interface State {
    record Waiting() implements State {}

    record Reading(AnonymousCalls.Call call, String path, Body body) implements State {}

    /** Nothing more is read. */
    record Answering() implements State {}
  }

  WebConnection(WebServer.Desks desks, Strangers strangers) {
    this.desks = desks;
    this.strangers = strangers;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    after(
        context,
        () -> {
          // It may run though it was just cancelled.
          if (!(state instanceof State.Answering)) {
            fail(context, TOO_SLOW, ErrorCode.UNAVAILABLE, "the request did not arrive in time");
          }
        });
    context.fireChannelActive();
  }

  /** Sets the one timer of this connection, which would keep one that is gone in memory. */
  private void after(ChannelHandlerContext context, Runnable action) {
    stopTimer();
    if (!context.channel().isActive()) {
      return;
    }
    timer =
        context
            .executor()
            .schedule(action, desks.exchangeTimeMax().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void stopTimer() {
    Future<?> set = timer;
    if (set != null) {
      set.cancel(false);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (part.decoderResult().isFailure() && !(state instanceof State.Answering)) {
      fail(context, 400, ErrorCode.MALFORMED, "that is no request in HTTP/1.1 of bounded size");
      return;
    }
    try {
      if (part instanceof HttpRequest request && state instanceof State.Waiting) {
        begin(context, request);
      }
      if (part instanceof HttpContent content && state instanceof State.Reading reading) {
        read(context, reading, content);
      }
    } catch (TeexException e) {
      answer(context, HttpAnswer.of(e), "");
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    String uri = request.uri();
    int mark = uri.indexOf('?');
    String path = mark < 0 ? uri : uri.substring(0, mark);
    String query = mark < 0 ? "" : uri.substring(mark + 1);
    if (path.equals(EvidenceDesk.PATH)) {
      if (isOne(context, request, HttpMethod.GET)) {
        byte[] nonce = desks.evidence().enter(query);
        serve(context, () -> desks.evidence().answer(nonce), () -> {});
      }
    } else if (path.startsWith(CallDesk.PATH)) {
      if (isOne(context, request, HttpMethod.POST)) {
        beginCall(context, request, path);
      }
    } else {
      throw new TeexException(
          ErrorCode.NOT_FOUND,
          "expected %s or %sService/Method".formatted(EvidenceDesk.PATH, CallDesk.PATH));
    }
  }

  /** Whether it is a request of this method; all others are answered here. */
  private boolean isOne(ChannelHandlerContext context, HttpRequest request, HttpMethod expected) {
    if (request.method().equals(expected)) {
      return true;
    }
    if (request.method().equals(HttpMethod.OPTIONS)) {
      answer(context, HttpAnswer.nothing(), "");
      return false;
    }
    answer(
        context,
        HttpAnswer.of(new TeexException(ErrorCode.USAGE, "expected " + expected)),
        "%s, OPTIONS".formatted(expected));
    return false;
  }

  private void beginCall(ChannelHandlerContext context, HttpRequest request, String path) {
    Body body = new Body(desks.calls().bodyBytesMax());
    if (HttpUtil.getContentLength(request, 0L) > body.bytesMax()) {
      tooLarge(context);
      return;
    }
    AnonymousCalls.Call call =
        desks
            .calls()
            .enter(
                path,
                String.valueOf(context.channel().remoteAddress()),
                () -> context.executor().execute(() -> close(context)));
    state = new State.Reading(call, path, body);
    if (HttpUtil.is100ContinueExpected(request)) {
      var _ =
          context.writeAndFlush(
              new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  private void read(ChannelHandlerContext context, State.Reading reading, HttpContent content) {
    ByteBuf bytes = content.content();
    if (!reading.body().hasRoomFor(bytes.readableBytes())) {
      tooLarge(context);
      return;
    }
    if (!CallDesk.take(reading.call(), bytes.readableBytes())) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "no room for a request of this size, try again");
    }
    reading.body().add(bytes);
    if (content instanceof LastHttpContent && reading.call().complete()) {
      Bytes body = reading.body().whole();
      AnonymousCalls.Call call = reading.call();
      serve(context, () -> desks.calls().answer(call, reading.path(), body), call::close);
    }
  }

  private void tooLarge(ChannelHandlerContext context) {
    fail(
        context,
        TOO_LARGE,
        ErrorCode.MALFORMED,
        "a sealed request has at most %d bytes here".formatted(desks.calls().bodyBytesMax()));
  }

  /**
   * Has a complete request served.
   *
   * @param over called once the answer is sent, or nobody waits for it any more
   */
  private void serve(ChannelHandlerContext context, Supplier<HttpAnswer> work, Runnable over) {
    state = new State.Answering();
    stopTimer();
    Strangers.Connection connection = strangers.find(context.channel().remoteAddress());
    if (connection != null) {
      connection.enter();
    }
    Runnable end =
        () -> {
          over.run();
          if (connection != null) {
            connection.leave();
          }
        };
    try {
      desks
          .threads()
          .execute(() -> {
            HttpAnswer answer = answerOf(work);
            try {
              context.executor().execute(() -> send(context, answer, "", end));
            } catch (RejectedExecutionException e) {
              end.run(); // The server is stopping.
            }
          });
    } catch (RejectedExecutionException e) {
      end.run();
      close(context);
    }
  }

  /** Whatever happens, there is an answer: a place that was not left would be lost for good. */
  private static HttpAnswer answerOf(Supplier<HttpAnswer> work) {
    try {
      return work.get();
    } catch (TeexException e) {
      return HttpAnswer.of(e);
    } catch (RuntimeException | StackOverflowError e) {
      LOG.log(Level.ERROR, "a request over HTTP failed", e);
      return HttpAnswer.of(500, ErrorCode.INTERNAL, "internal error, see the log");
    }
  }

  private void fail(ChannelHandlerContext context, int status, ErrorCode code, String message) {
    answer(context, HttpAnswer.of(status, code, message), "");
  }

  /** Answers at once, though more of the request may come. */
  private void answer(ChannelHandlerContext context, HttpAnswer answer, String allow) {
    leave();
    send(context, answer, allow, () -> {});
  }

  /** Gives up a request that was being read. */
  private void leave() {
    if (state instanceof State.Reading reading) {
      reading.call().close();
    }
    state = new State.Answering();
  }

  private void send(ChannelHandlerContext context, HttpAnswer answer, String allow, Runnable end) {
    var _ =
        context
            .writeAndFlush(response(answer, allow))
            .addListener(
                (ChannelFutureListener)
                    sent -> {
                      end.run();
                      finish(context);
                    });
    after(context, () -> close(context));
  }

  /**
   * Says that this was all, and lets the caller close: one who still sends would not see the answer
   * if this side did.
   */
  private static void finish(ChannelHandlerContext context) {
    if (context.channel() instanceof SocketChannel socket && socket.isActive()) {
      var _ = socket.shutdownOutput();
    }
  }

  private static void close(ChannelHandlerContext context) {
    var _ = context.close();
  }

  private static FullHttpResponse response(HttpAnswer answer, String allow) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.wrappedBuffer(answer.body().copy()));
    response
        .headers()
        .set(HttpHeaderNames.CONNECTION, "close")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    if (answer.status() == HttpResponseStatus.NO_CONTENT.code()) {
      response
          .headers()
          .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST")
          .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, "content-type")
          .set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    } else {
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, answer.content())
          .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().size());
    }
    if (!allow.isEmpty()) {
      response.headers().set(HttpHeaderNames.ALLOW, allow);
    }
    return response;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stopTimer();
    leave();
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.log(Level.ERROR, "a connection over HTTP failed", cause);
    }
    close(context);
  }
}
