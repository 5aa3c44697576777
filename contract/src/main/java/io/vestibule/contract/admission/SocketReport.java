package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import java.util.List;
import java.util.Objects;

/**
 * The sockets of a gateway node that have a place in the queues of a shard. Sockets are the ground truth: who is reported is there.
 *
 * @param sockets the sockets as they were when the question came
 * @param awaited those that are gone, and whose users the gateway shows as away as long as they may come back
 */
public record SocketReport(List<Socket> sockets, List<Awaited> awaited) {
  public static final RecordCodec<SocketReport> CODEC = RecordCodec.of("vestibule.admission.report.v1",
      (out, m) -> out.putList(m.sockets, (to, socket) -> socket.write(to)).putList(m.awaited, (to, awaited) -> awaited.write(to)),
      in -> new SocketReport(in.getList(Socket::read), in.getList(Awaited::read)));

  public SocketReport {
    sockets = List.copyOf(sockets);
    awaited = List.copyOf(awaited);
  }

  /** What is reported of one of the queues. */
  public SocketReport of(String queue) {
    return new SocketReport(sockets.stream().filter(socket -> socket.queue().equals(queue)).toList(), awaited.stream().filter(socket -> socket.queue().equals(queue)).toList());
  }

  /**
   * One socket.
   *
   * @param claim what its last resume token says
   * @param admitted whether it holds {@code auth_success}; else it waits
   * @param position where in line it was told that it is; 0 where it was told nothing
   */
  public record Socket(String queue, String connection, SessionClaim claim, boolean admitted, long position) {
    public Socket {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(connection);
      Objects.requireNonNull(claim);
    }

    void write(WireWriter out) {
      claim.write(out.putString(queue).putString(connection));
      out.putBoolean(admitted).putLong(position);
    }

    static Socket read(WireReader in) {
      return new Socket(in.getString(), in.getString(), SessionClaim.read(in), in.getBoolean(), in.getLong());
    }
  }

  /**
   * A socket that is gone.
   *
   * @param claim what its last resume token says
   */
  public record Awaited(String queue, String connection, SessionClaim claim) {
    public Awaited {
      Objects.requireNonNull(queue);
      Objects.requireNonNull(connection);
      Objects.requireNonNull(claim);
    }

    void write(WireWriter out) {
      claim.write(out.putString(queue).putString(connection));
    }

    static Awaited read(WireReader in) {
      return new Awaited(in.getString(), in.getString(), SessionClaim.read(in));
    }
  }
}
