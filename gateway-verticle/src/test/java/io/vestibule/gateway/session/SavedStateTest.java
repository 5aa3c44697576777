package io.vestibule.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.auth.Claims;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SavedStateTest {
  @Provide
  Arbitrary<SavedState> states() {
    Arbitrary<List<String>> lists = Arbitraries.strings().ofMaxLength(20).list().ofMaxSize(5);
    Arbitrary<Claims> claims = Combinators.combine(Arbitraries.longs().greaterOrEqual(0), lists.injectNull(0.3), lists.injectNull(0.3), lists,
            Arbitraries.integers().between(1, 9).injectNull(0.5), Arbitraries.strings().ofMaxLength(9).injectNull(0.5), Arbitraries.of(true, false))
        .as((exp, subscribe, publish, api, max, userClass, admin) -> new Claims("ann", exp, subscribe, publish, Set.copyOf(api),
            admin ? new JsonObject().put("name", "x\"y") : null, max, userClass, admin));
    Arbitrary<UserStatus> status = Arbitraries.strings().ofMaxLength(9).map(text -> new UserStatus(text, "{}", 7));
    return Combinators.combine(claims.injectNull(0.2), Arbitraries.of(true, false), lists, lists,
            Arbitraries.of("{\"a\":1}", "{\"ü\":{\"b\":[null]}}").injectNull(0.5), Arbitraries.integers().between(0, 9), lists,
            status.injectNull(0.5))
        .as((known, last, topics, granted, attributes, reconnects, watched, said) ->
            new SavedState(known, known != null && last, topics, granted, attributes, reconnects, watched, said, reconnects % 2 == 0 ? null : "phone \"" + reconnects));
  }

  @Property(tries = 500)
  void whatWasSavedIsRead(@ForAll("states") SavedState state) {
    assertThat(SavedState.decode("ann", state.encode())).contains(state);
  }

  @Test
  void anEmptyListPermitsNothingAndNoListEverything() {
    Claims narrow = new Claims("ann", 1, List.of(), null, Set.of(), null, null, null, false);
    Claims read = SavedState.decode("ann", new SavedState(narrow, false, List.of(), List.of(), null, 0, List.of(), null, null).encode()).orElseThrow().claims();
    assertThat(read.subscribe()).isEmpty();
    assertThat(read.publish()).isNull();
  }

  @Test
  void nothingIsSaidOfTheTokenItself() {
    Claims claims = new Claims("ann", 1, null, null, Set.of(), null, null, null, false);
    assertThat(new SavedState(claims, false, List.of("a"), List.of(), null, 0, List.of(), null, null).encode()).isEqualTo("{\"topics\":[\"a\"],\"claims\":{\"exp\":1}}");
  }

  @Test
  void whatIsOfAnotherFormIsNotRead() {
    assertThat(SavedState.decode("ann", null)).contains(SavedState.NOTHING);
    for (String text : List.of("", "[]", "{", "1", "{\"topics\":1}", "{\"topics\":[1]}", "{\"claims\":{}}", "{\"claims\":[]}", "{\"reconnects\":\"x\"}", "{\"watched\":1}", "{\"status\":{}}", "{\"status\":{\"status\":\"s\"}}")) {
      assertThat(SavedState.decode("ann", text)).as(text).isEmpty();
    }
  }
}
