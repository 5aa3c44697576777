package io.vestibule.systemtests.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server on this machine that can be closed and opened again: whoever comes by it is cut off, and others are not. */
public final class Relay implements AutoCloseable {
  private final int target;
  private final ServerSocket door;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean shut;

  /**
   * A way that is open.
   *
   * @param address of this machine's at which it begins
   * @param target the server's port
   */
  public Relay(String address, int target) throws IOException {
    this.target = target;
    door = new ServerSocket(0, 50, InetAddress.getByName(address));
    begin(this::accept);
  }

  /** The port at which it begins. */
  public int port() {
    return door.getLocalPort();
  }

  /** Cuts off whoever is on it, and lets nobody in. */
  public void shut() {
    shut = true;
    sockets.forEach(Relay::end);
  }

  /** Lets everybody in again. */
  public void open() {
    shut = false;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        join(door.accept());
      } catch (IOException refused) {
        // Either it is over, or the server is not there: who came is cut off.
      }
    }
  }

  private void join(Socket caller) throws IOException {
    sockets.add(caller);
    Socket callee = new Socket();
    try {
      if (shut) {
        throw new IOException("shut");
      }
      callee.connect(new InetSocketAddress("127.0.0.1", target));
    } catch (IOException refused) {
      sockets.remove(caller);
      end(caller);
      throw refused;
    }
    begin(() -> carry(caller, callee));
    begin(() -> carry(callee, caller));
  }

  private void carry(Socket from, Socket to) {
    try (InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException cut) {
      // As it should be.
    } finally {
      sockets.remove(from);
      end(to);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException ended) {
      // It has.
    }
  }

  private static void begin(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
    shut();
  }
}
