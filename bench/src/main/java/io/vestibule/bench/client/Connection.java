package io.vestibule.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.DecoderException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One client socket, from the upgrade over {@code auth} and {@code subscribe} to the messages. The only handler of its channel (but for
 * TLS), so that fifteen thousand of them fit beside the server under test. All state belongs to the channel's event loop;
 * {@link #send} may be called from any thread.
 */
public final class Connection extends ChannelInboundHandlerAdapter implements FrameParser.Sink {
  private static final byte[] TYPE = FrameScan.key("type");
  private static final byte[] TOPIC = FrameScan.key("topic");
  private static final byte[] REASON = FrameScan.key("reason");
  private static final byte[] LEAVE = "{\"type\":\"leave\"}".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MESSAGE = FrameScan.key("message");

  /** How a connection comes and goes, told once each, on its event loop. */
  interface Lifecycle {
    void ready(Connection connection);

    void failed(String reason);

    void dropped(Connection connection, String reason);

    /** It was cut by this side. */
    void cut();
  }

  private enum State { UPGRADING, AUTHENTICATING, SUBSCRIBING, READY, GONE }

  private final URI uri;
  private final Member member;
  private final Lifecycle lifecycle;
  private final Upgrade upgrade = new Upgrade(ThreadLocalRandom.current().nextLong());
  private final FrameParser parser = new FrameParser();
  private volatile Channel channel;
  private ByteBuf head;
  private State state = State.UPGRADING;
  private String closing = "connection closed";

  Connection(URI uri, Member member, Lifecycle lifecycle) {
    this.uri = uri;
    this.member = member;
    this.lifecycle = lifecycle;
  }

  /** Whether the socket takes more without queueing it beyond its mark. */
  public boolean isWritable() {
    return channel.isWritable();
  }

  public boolean isActive() {
    return channel.isActive();
  }

  /** Sends a text message. */
  public void send(byte[] json) {
    channel.writeAndFlush(ClientFrames.text(channel.alloc(), json, ThreadLocalRandom.current().nextInt()), channel.voidPromise());
  }

  /** Gives up slot and session, which who only hangs up keeps for a while. */
  public void leave() {
    send(LEAVE);
  }

  /** Has something done on its event loop. */
  public void execute(Runnable task) {
    channel.eventLoop().execute(task);
  }

  /** Ends it as a network that breaks down would: a reset, and no goodbye. Its owner is told nothing more; on its event loop. */
  public void cut() {
    if (state == State.READY) {
      state = State.GONE;
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
      lifecycle.cut();
    }
  }

  /** Gives up on a connection that could not connect or did not become ready in time; on its event loop. */
  void abandon(String reason) {
    if (state != State.READY) {
      end(reason);
    }
  }

  @Override
  public void channelRegistered(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(ctx.alloc().buffer().writeBytes(upgrade.request(uri)), ctx.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object read) {
    ByteBuf bytes = (ByteBuf) read;
    switch (state) {
      case GONE -> bytes.release();
      case UPGRADING -> upgrading(ctx, bytes);
      default -> parser.feed(bytes, ctx.alloc(), this);
    }
  }

  private void upgrading(ChannelHandlerContext ctx, ByteBuf bytes) {
    if (head == null) {
      head = ctx.alloc().heapBuffer(512);
    }
    head.writeBytes(bytes);
    bytes.release();
    int end = Upgrade.headEnd(head);
    if (end < 0) {
      if (head.readableBytes() > Upgrade.MAX_RESPONSE) {
        end("not HTTP");
      }
      return;
    }
    String fault = upgrade.fault(head.readCharSequence(end, StandardCharsets.ISO_8859_1).toString());
    if (fault != null) {
      end(fault);
      return;
    }
    if (member.token() == null && member.resume() == null) {
      becomeReady();
    } else {
      state = State.AUTHENTICATING;
      sendJson(member.resume() == null ? "{\"type\":\"auth\",\"token\":\"" + member.token() + "\"}" : member.resume());
    }
    ByteBuf rest = head;
    head = null;
    parser.feed(rest, ctx.alloc(), this);
  }

  @Override
  public void text(ByteBuf bytes, int from, int to) {
    int type = FrameScan.find(bytes, from, to, TYPE);
    if (FrameScan.isString(bytes, type, to, MESSAGE)) {
      if (state != State.GONE) {
        member.events().message(bytes, from, to);
      }
      return;
    }
    String found = FrameScan.string(bytes, type, to);
    String name = found == null ? "" : found;
    switch (name) {
      case "error" -> error(bytes, from, to);
      case "closing" -> closing = "closing " + reason(bytes, from, to);
      default -> {
        if (state == State.READY) {
          member.events().frame(name, bytes, from, to);
        } else {
          opening(name, bytes, from, to);
        }
      }
    }
  }

  private void opening(String name, ByteBuf bytes, int from, int to) {
    switch (name) {
      case "auth_success", "reconnect_success" -> authenticated(bytes, from, to);
      case "auth_error", "reconnect_failed" -> end(name + ' ' + reason(bytes, from, to));
      case "subscribed" -> subscribed(FrameScan.string(bytes, FrameScan.find(bytes, from, to, TOPIC), to));
      default -> { }
    }
  }

  private void authenticated(ByteBuf bytes, int from, int to) {
    if (state != State.AUTHENTICATING) {
      return;
    }
    member.events().letIn(bytes, from, to);
    if (member.topic() == null) {
      becomeReady();
      return;
    }
    state = State.SUBSCRIBING;
    sendJson("{\"type\":\"subscribe\",\"topic\":\"" + member.topic() + "\"}");
  }

  private void subscribed(String topic) {
    // The server subscribes a user's own topic by itself and says so with a frame of the same type.
    if (state == State.SUBSCRIBING && member.topic().equals(topic)) {
      becomeReady();
    }
  }

  private void becomeReady() {
    state = State.READY;
    member.events().ready(this);
    lifecycle.ready(this);
  }

  private void error(ByteBuf bytes, int from, int to) {
    String reason = reason(bytes, from, to);
    if (state == State.READY) {
      member.events().error(reason, bytes, from, to);
    } else {
      end("error " + reason);
    }
  }

  @Override
  public void ping(ByteBuf bytes, int from, int to) {
    byte[] payload = new byte[to - from];
    bytes.getBytes(from, payload);
    channel.writeAndFlush(
        ClientFrames.pong(channel.alloc(), payload, ThreadLocalRandom.current().nextInt()), channel.voidPromise());
  }

  @Override
  public void close(int code, String reason) {
    end(closing.startsWith("closing ") ? closing : "close " + code);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(closing);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // TLS tells what it finds as something that could not be decoded.
    Throwable fault = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    end(fault instanceof FrameParser.ProtocolException ? fault.getMessage() : fault.getClass().getSimpleName());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    parser.release();
    if (head != null) {
      head.release();
      head = null;
    }
  }

  private void end(String reason) {
    State before = state;
    if (before == State.GONE) {
      return;
    }
    state = State.GONE;
    if (before == State.READY) {
      member.events().ended(reason);
      lifecycle.dropped(this, reason);
    } else {
      member.events().failed(reason);
      lifecycle.failed(reason);
    }
    // There is none where the system gave no socket.
    if (channel != null) {
      channel.close();
    }
  }

  private void sendJson(String json) {
    send(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String reason(ByteBuf bytes, int from, int to) {
    return String.valueOf(FrameScan.string(bytes, FrameScan.find(bytes, from, to, REASON), to));
  }
}
