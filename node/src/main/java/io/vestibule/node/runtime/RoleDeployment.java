package io.vestibule.node.runtime;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vestibule.node.config.Role;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * How a role becomes verticles.
 *
 * @param role what is deployed
 * @param instances how many, each on an event loop of its own
 * @param verticle makes one instance
 */
record RoleDeployment(Role role, ToIntFunction<NodeContext> instances, Function<NodeContext, Deployable> verticle) {

  /** One instance. */
  static RoleDeployment single(Role role, Function<NodeContext, Deployable> verticle) {
    return new RoleDeployment(role, node -> 1, verticle);
  }

  /** Deploys; the future has the deployment's id. */
  Future<String> deploy(NodeContext node) {
    return node.vertx().deployVerticle(() -> verticle.apply(node), new DeploymentOptions().setInstances(instances.applyAsInt(node)));
  }
}
