package io.vestibule.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Epoch;
import io.vestibule.gateway.session.SavedState.Grant;
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
    Arbitrary<Position> places = Combinators.combine(Arbitraries.longs().between(1, (1L << 48) - 1), Arbitraries.longs().between(0, 1L << 52)).as(Position::new);
    Arbitrary<Position> nothing = Arbitraries.longs().between(0, Long.MAX_VALUE).map(lineage -> new Position(Epoch.ofNothing(lineage), 0));
    Arbitrary<List<Grant>> grants = Combinators.combine(Arbitraries.strings().ofMaxLength(20), Arbitraries.oneOf(places, nothing).injectNull(0.3)).as(Grant::new).list().ofMaxSize(5);
    Arbitrary<UserStatus> status = Arbitraries.strings().ofMaxLength(9).map(text -> new UserStatus(text, "{}", 7));
    return Combinators.combine(claims.injectNull(0.2), Arbitraries.of(true, false), lists, grants,
            Arbitraries.of("{\"a\":1}", "{\"ü\":{\"b\":[null]}}").injectNull(0.5), Arbitraries.integers().between(0, 9), lists,
            status.injectNull(0.5))
        .as((known, last, topics, granted, attributes, reconnects, watched, said) ->
            new SavedState(known, known != null && last, topics, granted, attributes, reconnects, watched, said, reconnects % 2 == 0 ? null : "phone \"" + reconnects));
  }

  @Property(tries = 500)
  void whatWasSavedIsRead(@ForAll("states") SavedState state) {
    assertThat(SavedState.decode("ann", state.encode())).contains(state);
    int granted = state.granted().size();
    long placeless = state.withoutPlaces().encode().length();
    assertThat(state.encode().length() + state.roomForPlaces()).as("places may become longer").isBetween((int) placeless + granted * SavedState.MOST_OF_A_PLACE, (int) placeless + granted * (SavedState.MOST_OF_A_PLACE + 3) + 11);
  }

  @Test
  void ofGrantsThatWereSavedWithoutPlacesNoneIsKnown() {
    List<Grant> unknown = List.of(new Grant("a", null), new Grant("b", null));
    assertThat(SavedState.decode("ann", "{\"granted\":[\"a\",\"b\"]}").orElseThrow().granted()).isEqualTo(unknown);
    assertThat(SavedState.decode("ann", "{\"granted\":[\"a\",\"b\"],\"since\":[\"1:1\"]}").orElseThrow().granted()).as("one of them was added by somebody who knows no places").isEqualTo(unknown);
    assertThat(SavedState.decode("ann", "{\"granted\":[\"a\",\"b\"],\"since\":[\"\",\"z:7\"]}").orElseThrow().granted()).containsExactly(new Grant("a", null), new Grant("b", new Position(35, 7)));
    assertThat(SavedState.decode("ann", "{\"granted\":[\"a\",\"b\"],\"since\":[\"?:1\",\"z:-7\"]}").orElseThrow().granted()).isEqualTo(unknown);
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
    for (String text : List.of("", "[]", "{", "1", "{\"topics\":1}", "{\"topics\":[1]}", "{\"claims\":{}}", "{\"claims\":[]}", "{\"reconnects\":\"x\"}", "{\"watched\":1}", "{\"granted\":[\"a\"],\"since\":[\"1:x\"]}", "{\"status\":{}}", "{\"status\":{\"status\":\"s\"}}")) {
      assertThat(SavedState.decode("ann", text)).as(text).isEmpty();
    }
  }
}
