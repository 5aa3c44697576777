package io.vestibule.gateway.api;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.GatewayOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToIntFunction;

/** Executes the commands that a gateway node is given: those for connections on each of its event loops, and adds up. One for a node; any thread. */
public final class NodeCommands {
  /** How long the event loops of this node have. */
  static final Duration DEADLINE = Duration.ofSeconds(2);

  private final List<Loop> loops = new CopyOnWriteArrayList<>();

  private record Loop(Context context, ToIntFunction<GatewayCommand.OfConnections> commands) {
    Future<Integer> run(GatewayCommand.OfConnections command) {
      Promise<Integer> touched = Promise.promise();
      context.runOnContext(here -> {
        try {
          touched.complete(commands.applyAsInt(command));
        } catch (RuntimeException failed) {
          touched.fail(failed);
        }
      });
      return touched.future().timeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Adds an event loop.
   *
   * @param context where its connections live
   * @param commands executes a command there and says how many connections it touched
   */
  public void add(Context context, ToIntFunction<GatewayCommand.OfConnections> commands) {
    loops.add(new Loop(context, commands));
  }

  /**
   * Answers to this node's own address.
   *
   * @param ofNode executes what concerns the node as a whole, and says how many connections are concerned
   */
  public Future<Registration> serve(Bus bus, String nodeId, ToIntFunction<GatewayCommand> ofNode) {
    return bus.serve(Addresses.GATEWAY_COMMAND.at(nodeId), (command, correlationId) -> command instanceof GatewayCommand.OfConnections some
        ? execute(some)
        : Future.succeededFuture(new GatewayOutcome(ofNode.applyAsInt(command))));
  }

  /**
   * Executes a command.
   *
   * @return how many connections it touched; fails with {@code TIMEOUT} where an event loop does not answer
   */
  public Future<GatewayOutcome> execute(GatewayCommand.OfConnections command) {
    List<Future<Integer>> touched = loops.stream().map(loop -> loop.run(command)).toList();
    return Future.all(touched)
        .map(all -> new GatewayOutcome(touched.stream().mapToInt(Future::result).sum()))
        .recover(failed -> Future.failedFuture(failed instanceof TimeoutException ? Failure.of(ErrorReason.TIMEOUT) : failed));
  }
}
