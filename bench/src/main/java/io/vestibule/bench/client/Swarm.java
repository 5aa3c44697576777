package io.vestibule.bench.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many connections to one server on few event loops of their own. Connection {@code i} of the swarm, counted over all calls of
 * {@link #open}, lives on loop {@code i % loops}, so what is counted for a loop has one writer. {@link #open} and {@link #close} block and
 * belong to one thread.
 */
public final class Swarm implements AutoCloseable {
  private static final int READ_BYTES = 16 << 10;

  private final Target target;
  private final MultiThreadIoEventLoopGroup group;
  private final List<EventLoop> loops = new ArrayList<>();
  private final InetSocketAddress address;
  private final Map<String, Integer> dropped = new ConcurrentHashMap<>();
  private final AtomicInteger live = new AtomicInteger();
  private volatile boolean closing;
  private int begun;

  /** How a connection is made: called on the opening thread, with the number of its event loop. */
  @FunctionalInterface
  public interface Members {
    Member member(int index, int loop) throws Tokens.TokenException;
  }

  /**
   * What {@link #open} achieved.
   *
   * @param ready the connections that are subscribed
   * @param failures how many were not, by reason
   * @param perSecond connections that became ready in a second
   */
  public record Opened(List<Connection> ready, Map<String, Integer> failures, double perSecond) {
    public int failed() {
      return failures.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  public Swarm(Target target, int threads) {
    this.target = target;
    this.address = target.address();
    this.group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("bench", true), NioIoHandler.newFactory());
    for (int i = 0; i < threads; i++) {
      loops.add(group.next());
    }
  }

  /** Opens connections, waits until each is ready or has failed, and returns within a bounded time whatever the server does. */
  public Opened open(int count, Members members) throws InterruptedException, Tokens.TokenException {
    var opening = new Opening(target, count);
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      if (!opening.awaitTurn(i, start)) {
        opening.giveUp(count - i);
        break;
      }
      int number = begun++;
      begin(number, members.member(i, number % loops.size()), opening);
    }
    return opening.await(start);
  }

  /** Connections that are ready now. */
  public int live() {
    return live.get();
  }

  /** Connections that the server or the network ended after they were ready, by reason. */
  public Map<String, Integer> dropped() {
    return new TreeMap<>(dropped);
  }

  /** Closes all and waits until the event loops have ended: what they wrote is then visible to the caller. */
  @Override
  public void close() {
    closing = true;
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }

  /**
   * Opens a connection on the loop and from the address of the n-th, at once whatever else is being opened, and returns: its {@link Member.Events} are told whether it becomes ready.
   * Any thread.
   */
  public void reopen(int number, Member member) {
    EventLoop loop = loops.get(number % loops.size());
    Connection connection = connect(number, member, new Watch(null));
    loop.schedule(() -> connection.abandon("not ready in time"), target.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Has something done on the loop of the n-th connection, after a time. */
  public void schedule(int number, Runnable task, long millis) {
    loops.get(number % loops.size()).schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  private void begin(int number, Member member, Opening opening) {
    opening.watch(connect(number, member, new Watch(opening)), loops.get(number % loops.size()));
  }

  private Connection connect(int number, Member member, Watch watch) {
    EventLoop loop = loops.get(number % loops.size());
    Connection connection = new Connection(target.uri(), member, watch);
    InetAddress source = target.sources().of(number);
    SocketAddress local = source == null ? null : new InetSocketAddress(source, 0);
    ChannelFuture connect = new Bootstrap().group(loop).channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) target.handshakeTimeout().toMillis())
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
        .handler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            if (target.tls() != null) {
              channel.pipeline().addLast(target.tls().newHandler(channel.alloc(), target.uri().getHost(), address.getPort()));
            }
            channel.pipeline().addLast(connection);
          }
        })
        .connect(address, local);
    connect.addListener(done -> {
      if (!done.isSuccess()) {
        connection.abandon(faultOf(done.cause(), source));
      }
    });
    return connection;
  }

  /** A few words that can be counted: the same for all connections that failed alike. */
  private static String faultOf(Throwable cause, InetAddress source) {
    if (cause instanceof BindException) {
      return "cannot connect from " + source.getHostAddress();
    }
    if (cause instanceof ConnectTimeoutException) {
      return "connect timed out";
    }
    if (cause instanceof ConnectException) {
      return "connection refused";
    }
    return cause instanceof UnresolvedAddressException ? "unknown host" : cause.getClass().getSimpleName();
  }

  /** Tells the opening, if there is one, how a connection begins, and the swarm how it ends. */
  private final class Watch implements Connection.Lifecycle {
    private final Opening opening;

    Watch(Opening opening) {
      this.opening = opening;
    }

    @Override
    public void ready(Connection connection) {
      live.incrementAndGet();
      if (opening != null) {
        opening.ready(connection);
      }
    }

    @Override
    public void failed(String reason) {
      if (opening != null) {
        opening.failed(reason);
      }
    }

    @Override
    public void cut() {
      live.decrementAndGet();
    }

    @Override
    public void dropped(Connection connection, String reason) {
      if (!closing) {
        dropped.merge(reason, 1, Integer::sum);
      }
      // Behind the count: with nobody left, all are counted.
      live.decrementAndGet();
    }
  }
}
