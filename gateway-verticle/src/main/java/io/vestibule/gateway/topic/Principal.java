package io.vestibule.gateway.topic;

import io.vestibule.gateway.auth.Claims;
import java.util.Objects;

/**
 * In whose name something is done with topics. Immutable.
 *
 * @param userId the user, or null for nobody in particular
 * @param userTopic the user's own topic, or null without a user
 * @param subscribe what the token leaves of the topics to receive
 * @param publish what the token leaves of the topics to publish to
 * @param server whether it acts as a server, by an API key, a {@code caps.api} or over the bus
 */
public record Principal(String userId, String userTopic, Capabilities subscribe, Capabilities publish, boolean server) {

  public Principal {
    Objects.requireNonNull(subscribe);
    Objects.requireNonNull(publish);
    if ((userId == null) != (userTopic == null)) {
      throw new IllegalArgumentException("a user has a topic of its own");
    }
  }

  /**
   * The holder of a token.
   *
   * @throws io.vestibule.contract.error.Failure {@code TOKEN_CLAIMS} where a capability is not a pattern, {@code INVALID_VALUE} where the
   *     user id is empty
   */
  public static Principal of(Claims claims) {
    return new Principal(
        claims.userId(),
        UserTopic.of(claims.userId()),
        Capabilities.of("caps.subscribe", claims.subscribe()),
        Capabilities.of("caps.publish", claims.publish()),
        false);
  }

  /** Somebody who has not authenticated: the reader of a public feed. */
  public static Principal anonymous() {
    return new Principal(null, null, Capabilities.UNRESTRICTED, Capabilities.UNRESTRICTED, false);
  }

  /** A server: the holder of an API key, or a verticle of the cluster. */
  public static Principal ofServer() {
    return new Principal(null, null, Capabilities.UNRESTRICTED, Capabilities.UNRESTRICTED, true);
  }

  /** The same holder of a token in a server API call that its {@code caps.api} opens: a server, narrowed by the token's other capabilities. */
  public Principal asServer() {
    return new Principal(userId, userTopic, subscribe, publish, true);
  }

  /** Whether somebody stands behind it who has shown who they are. */
  public boolean authenticated() {
    return userId != null || server;
  }

  /** Whether a topic is the user's own or lies under it. */
  public boolean owns(String topic) {
    return userTopic != null && TopicName.startsWithSegment(topic, userTopic);
  }
}
