package io.vestibule.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceFound.Named;
import io.vestibule.contract.presence.UserStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RoomViewTest {
  private static final Member MEMBER = new Member(1, 1, UserStatus.ONLINE, null);

  @Property(tries = 300)
  void pagesTogetherAreEverybodyOnceInTheOrderOfIds(@ForAll @Size(max = 40) Set<String> users, @ForAll @IntRange(min = 1, max = 9) int limit) {
    RoomView view = new RoomView(users.stream().collect(Collectors.toMap(user -> user, user -> MEMBER)));
    List<String> read = new ArrayList<>();
    String after = null;
    for (List<Named> page = view.page(after, limit); !page.isEmpty(); page = view.page(after, limit)) {
      assertThat(page).hasSizeLessThanOrEqualTo(limit);
      page.forEach(named -> read.add(named.user()));
      after = read.get(read.size() - 1);
    }
    assertThat(read).containsExactlyElementsOf(new TreeSet<>(users));
  }

  @Test
  void whoAsksForNobodyIsToldNobody() {
    assertThat(new RoomView(java.util.Map.of("u", MEMBER)).page(null, 0)).isEmpty();
  }
}
