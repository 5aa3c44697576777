package io.vestibule.gateway.session;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.FrameDecoder;
import io.vestibule.gateway.frame.FrameFailure;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.limit.TimerWheel;
import io.vestibule.gateway.topic.SlowConsumerPolicy;
import io.vestibule.gateway.transport.OutboundFrame;
import io.vestibule.gateway.transport.Transport;
import io.vestibule.gateway.transport.TransportListener;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The way out of a connection: what the server says and delivers, and the watch over a client that does not take it. It is the half of {@link Connection} that writes, and not an object of its own,
 * because each connection would have to hold that too.
 */
abstract class ConnectionOutput extends TimerWheel.Node implements TransportListener {
  final ConnectionLoop loop;
  private final Transport transport;
  /** Null for the core's own. */
  private final Dialect dialect;
  private Outbound outbound;
  private long deliveryMark;

  ConnectionOutput(ConnectionLoop loop, Transport transport, Dialect dialect) {
    this.loop = loop;
    this.transport = transport;
    this.dialect = dialect;
  }

  /** The whole of it. */
  abstract Connection self();

  /** Whether anything may be sent. */
  abstract boolean isLive();

  /** Says goodbye; whoever does not answer is cut off a little later. Nothing is delivered or read any more. */
  public abstract void close(CloseReason reason);

  final Transport transport() {
    return transport;
  }

  /** Whether this message was not brought here yet; asked once for each subscription that matches it. */
  public final boolean firstMatch(long delivery) {
    boolean first = deliveryMark != delivery;
    deliveryMark = delivery;
    return first;
  }

  /** Brings a published message to the client, or does what the topic's policy says if the client is too slow for it; says whether it was sent. */
  public final boolean deliver(OutboundFrame frame, String topic, SlowConsumerPolicy policy) {
    if (!isLive()) {
      return false;
    }
    return dialect == null ? give(frame, topic, policy) : giveTranslated(frame, topic, policy);
  }

  private boolean giveTranslated(OutboundFrame frame, String topic, SlowConsumerPolicy policy) {
    OutboundFrame own = translated(frame);
    boolean given = own != null && give(own, topic, policy);
    if (given) {
      dialect.delivered();
    }
    return given;
  }

  /** The frame as this connection understands it, which the one that is given holds; null where it does not. */
  private OutboundFrame translated(OutboundFrame frame) {
    UnaryOperator<Buffer> language = dialect.ofTopics();
    return language == null ? null : frame.in(language);
  }

  private boolean give(OutboundFrame frame, String topic, SlowConsumerPolicy policy) {
    long waiting = transport.bufferedBytes();
    if (hasRoom(frame, waiting) && (outbound == null || !outbound.keepsBack(topic))) {
      transport.deliver(frame);
      watchOutbound(waiting + frame.length());
      return true;
    }
    startWatching();
    outbound.refused(self(), frame, topic, policy);
    return false;
  }

  /** A frame that is larger than the whole buffer has to wait for nobody, or everybody who published one would throw all the others out. */
  private boolean hasRoom(OutboundFrame frame, long waiting) {
    return waiting == 0 || waiting + frame.length() <= loop.settings().outboundBytes();
  }

  /**
   * Brings something to the client that can be said anew later, and says whether it was sent; where there is no room, it is for the caller to say it anew when there {@link #hasRoom is}, unless the
   * policy ends the connection.
   */
  final boolean offer(OutboundFrame core, SlowConsumerPolicy policy) {
    if (!isLive()) {
      return false;
    }
    OutboundFrame frame = dialect == null ? core : translated(core);
    if (frame == null) {
      return true;
    }
    long waiting = transport.bufferedBytes();
    if (hasRoom(frame, waiting)) {
      transport.deliver(frame);
      watchOutbound(waiting + frame.length());
      return true;
    }
    startWatching();
    slow(policy);
    if (policy == SlowConsumerPolicy.DISCONNECT) {
      close(CloseReason.SLOW_CONSUMER);
    }
    return false;
  }

  /** Brings something to the client for which there {@link #hasRoom was room}. */
  public final void owed(OutboundFrame core) {
    OutboundFrame frame = dialect == null || !isLive() ? core : translated(core);
    if (isLive() && frame != null) {
      long waiting = transport.bufferedBytes();
      transport.deliver(frame);
      watchOutbound(waiting + frame.length());
      if (dialect != null) {
        dialect.delivered();
      }
    }
  }

  /** Whether the client has read most of what waited for it. */
  public final boolean hasRoom() {
    return transport.bufferedBytes() < loop.settings().outboundBytes() / 2;
  }

  /** Whether it is brought what comes of topics. */
  final boolean takesTopics() {
    return dialect == null || dialect.ofTopics() != null;
  }

  /** Whether it speaks the core dialect, in which frames of topics are written. */
  public final boolean speaksCore() {
    return dialect == null;
  }

  /** Understands what the client says. */
  final ClientFrame hear(byte[] text, FrameDecoder decoder) throws FrameFailure {
    return dialect == null ? decoder.decode(text) : dialect.hear(text, decoder);
  }

  /** Whether a topic is brought to it because its user is a member, without its asking, and only as long as he is one. */
  final boolean isBrought(String topic) {
    return dialect != null && dialect.bringsToMembers(topic);
  }

  /** Its user has become a member of a topic. */
  final void becameMember(String topic) {
    if (dialect != null && isLive()) {
      dialect.becameMember(topic);
    }
  }

  /** The socket is gone. */
  final void hasFallenSilent() {
    if (dialect != null) {
      dialect.gone();
    }
  }

  /** Ends the connection because the server failed it: what it was to get is lost, so it must not go on as if nothing had happened. */
  public final void fail(Throwable cause) {
    loop.failed(self(), cause);
    transport.kill();
  }

  /** Counts a message that found no room. */
  final void slow(SlowConsumerPolicy policy) {
    loop.slow(self(), policy);
  }

  final long outboundLimit() {
    return loop.settings().outboundBytes();
  }

  private void watchOutbound(long waiting) {
    if (outbound == null && waiting > Outbound.WATCHED_BYTES) {
      startWatching();
    }
  }

  private void startWatching() {
    if (outbound == null) {
      outbound = new Outbound(transport.progress(), loop.nowMs());
      loop.wake(self(), loop.nowMs() + Outbound.LOOK_MS);
    }
  }

  /** The watch over a congested way out, or null where nothing waits. */
  final Outbound outbound() {
    return outbound;
  }

  final void outboundIsFree() {
    outbound = null;
  }

  /** Sends a frame of the server's own; says whether there was one to send, because not every dialect has words for everything. */
  final boolean send(ServerFrame frame) {
    boolean said = isLive() && say(frame);
    if (said) {
      answered();
    }
    return said;
  }

  /** Sends an answer that is written already, in the core dialect. */
  final void reply(Buffer json) {
    if (isLive()) {
      sendRaw(json);
      answered();
    }
  }

  /** Sends it, whoever is to take it. */
  final boolean say(ServerFrame frame) {
    if (dialect == null) {
      sendRaw(loop.encode(frame));
      return true;
    }
    List<Buffer> all = dialect.sayAll(frame, loop::encode);
    all.forEach(this::sendRaw);
    return !all.isEmpty();
  }

  /** Something was answered. A client that does not read its replies is slow too. */
  final void answered() {
    long waiting = transport.bufferedBytes();
    if (waiting > loop.settings().outboundBytes()) {
      close(CloseReason.SLOW_CONSUMER);
    } else {
      watchOutbound(waiting);
    }
  }

  /** Sends a message that was kept back, as this connection understands it. */
  final void sendKept(Buffer json) {
    sendRaw(json);
    if (dialect != null) {
      dialect.delivered();
    }
  }

  final void sendRaw(Buffer json) {
    OutboundFrame frame = new OutboundFrame(json);
    transport.send(frame);
    frame.release();
  }

  @Override
  public final void sentForeign() {
    if (isLive()) {
      watchOutbound(transport.bufferedBytes());
    }
  }
}
