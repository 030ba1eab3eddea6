package io.teex.rpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections whose caller has proved nothing, from the moment they are accepted. They are
 * bounded by closing the one that was of use longest ago, never one that is being served: refusing
 * the newest instead would let a crowd of idle strangers keep every node out, since a node is a
 * stranger until its first messages.
 */
@ChannelHandler.Sharable
public final class Strangers extends ChannelInboundHandlerAdapter {
  private final int connectionsMax;
  private final Map<SocketAddress, Connection> open = new LinkedHashMap<>();

  public Strangers(int connectionsMax) {
    this.connectionsMax = connectionsMax;
  }

  /** One accepted connection. */
  public final class Connection {
    private final SocketAddress address;
    private final Channel channel;
    private int calls;

    private Connection(SocketAddress address, Channel channel) {
      this.address = address;
      this.channel = channel;
    }

    /** A request is complete and is being served. */
    public void enter() {
      synchronized (Strangers.this) {
        calls++;
        if (open.remove(address, this)) {
          open.put(address, this);
        }
      }
    }

    /** Such a one was served. */
    public void leave() {
      synchronized (Strangers.this) {
        calls--;
      }
    }

    /** Says so if it can, and ends it at once: HTTP/2 alone would wait for its calls. */
    void cut() {
      channel
          .eventLoop()
          .execute(() -> {
            var _ = channel.close();
            channel.unsafe().close(channel.voidPromise());
          });
    }

    /** It is gone, or its caller is no stranger any more. */
    void forget() {
      synchronized (Strangers.this) {
        open.remove(address, this);
      }
    }
  }

  /** Sees every accepted connection before gRPC does. */
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Channel accepted = (Channel) message;
    if (admit(accepted)) {
      context.fireChannelRead(accepted);
    } else {
      accepted.unsafe().closeForcibly();
    }
  }

  private boolean admit(Channel accepted) {
    SocketAddress address = accepted.remoteAddress();
    if (address == null) {
      return false; // It is gone again.
    }
    Connection connection = new Connection(address, accepted);
    synchronized (this) {
      Connection idle = open.size() < connectionsMax ? null : removeIdle();
      if (idle != null) {
        idle.cut();
      } else if (open.size() >= connectionsMax) {
        return false;
      }
      open.put(address, connection);
    }
    accepted.closeFuture().addListener(closed -> connection.forget());
    return true;
  }

  private @Nullable Connection removeIdle() {
    Iterator<Connection> oldest = open.values().iterator();
    while (oldest.hasNext()) {
      Connection connection = oldest.next();
      if (connection.calls == 0) {
        oldest.remove();
        return connection;
      }
    }
    return null;
  }

  /** The accepted connection of a remote address; null if it was closed meanwhile. */
  public synchronized @Nullable Connection find(@Nullable Object address) {
    return open.get(address);
  }
}
