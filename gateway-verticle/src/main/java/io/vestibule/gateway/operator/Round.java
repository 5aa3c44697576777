package io.vestibule.gateway.operator;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The same question, put to several nodes at once, and what came back from each: one that does not answer in time hides no other.
 *
 * @param answers by the node that gave it
 * @param failures by the node that gave none; it may have done what was asked all the same
 * @param <R> the answer of one node
 */
record Round<R>(Map<NodeRef, R> answers, Map<NodeRef, Failure> failures) {

  /** Asks all of them; never fails. */
  static <R> Future<Round<R>> ask(List<NodeRef> nodes, Function<NodeRef, Future<R>> question) {
    List<Future<R>> asked = nodes.stream().map(question).toList();
    return Future.join(asked).transform((all, some) -> {
      Map<NodeRef, R> answers = new LinkedHashMap<>();
      Map<NodeRef, Failure> failures = new LinkedHashMap<>();
      for (int i = 0; i < asked.size(); i++) {
        if (asked.get(i).succeeded()) {
          answers.put(nodes.get(i), asked.get(i).result());
        } else {
          failures.put(nodes.get(i), asked.get(i).cause() instanceof Failure failure ? failure : Failure.of(ErrorReason.INTERNAL));
        }
      }
      return Future.succeededFuture(new Round<>(answers, failures));
    });
  }

  /** A body that says how many answered, and by name which did not. */
  JsonObject told() {
    return new JsonObject().put("nodes", answers.size()).put("unreachable", unreachable());
  }

  JsonArray unreachable() {
    return new JsonArray(failures.keySet().stream().map(NodeRef::name).toList());
  }
}
