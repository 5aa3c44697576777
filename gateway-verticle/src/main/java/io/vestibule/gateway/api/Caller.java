package io.vestibule.gateway.api;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.topic.Principal;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who makes a call of the server API.
 *
 * @param principal in whose name; always a server
 * @param calls what the caller may call
 */
public record Caller(Principal principal, Set<CallName> calls) {
  public Caller {
    calls = Set.copyOf(calls);
  }

  /** The holder of an API key, or a verticle of the cluster: all calls. */
  public static Caller server() {
    return new Caller(Principal.ofServer(), EnumSet.allOf(CallName.class));
  }

  /**
   * The holder of a token: the calls that {@code caps.api} names, narrowed by the token's other capabilities.
   *
   * @throws Failure {@code TOKEN_CLAIMS} where a capability is not a pattern
   */
  public static Caller of(Claims claims) {
    return new Caller(Principal.of(claims).asServer(), named(claims.api()));
  }

  private static Set<CallName> named(Collection<String> words) {
    EnumSet<CallName> calls = EnumSet.noneOf(CallName.class);
    words.stream().map(CallName::of).flatMap(Optional::stream).forEach(calls::add);
    return calls;
  }

  /**
   * Demands that the caller may make this call.
   *
   * @throws Failure {@code FORBIDDEN_CALL}
   */
  public void require(CallName call) {
    if (!calls.contains(call)) {
      throw Failure.of(ErrorReason.FORBIDDEN_CALL).with("call", call.word());
    }
  }
}
