package io.vestibule.bench.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Two rooms of three members: 0, 2 and 4 are in the first. */
class PictureTest {
  private final Arrivals arrivals = new Arrivals(new Rooms(2, 3), "u-");
  private final List<String> heard = new ArrayList<>();
  private final Picture picture = new Picture(arrivals, 0, new Picture.News() {
    @Override
    public void joined(int member) {
      heard.add("joined " + member);
    }

    @Override
    public void counted(long before, long now) {
      heard.add("counted " + before + " " + now);
    }

    @Override
    public void fault(String what) {
      heard.add(what);
    }
  });

  @Test
  void whoFollowsEachFrameIsRightWhenEverybodyIsThere() {
    state("\"rev\":1,\"count\":1,\"members\":[" + members("u-0") + "]");
    assertThat(isRight()).isFalse();
    diff("\"rev\":2,\"count\":3,\"joins\":[" + members("u-4", "u-2") + "],\"leaves\":[],\"updates\":[" + members("u-0") + "]");
    assertThat(isRight()).isTrue();
    diff("\"rev\":3,\"count\":2,\"joins\":[],\"leaves\":[" + members("u-4") + "],\"updates\":[]");
    assertThat(isRight()).isFalse();
    assertThat(heard).containsExactly("joined 4", "joined 2");
  }

  @Test
  void theRightNumberOfTheWrongOnesIsNotRight() {
    state("\"rev\":1,\"count\":3,\"members\":[" + members("u-0", "u-2", "u-2") + "]");
    assertThat(heard).isEmpty();
    assertThat(isRight()).isFalse();
  }

  @Test
  void ofASampledRoomTheCountIsHeard() {
    state("\"rev\":1,\"count\":1,\"members\":[" + members("u-0") + "]");
    state("\"rev\":2,\"count\":2,\"members\":[" + members("u-0") + "],\"sampled\":true");
    diff("\"rev\":3,\"count\":3");
    assertThat(heard).containsExactly("counted 1 2", "counted 2 3");
    assertThat(isRight()).isTrue();
  }

  @Test
  void whatCannotBeIsAFault() {
    diff("\"rev\":2,\"count\":0,\"joins\":[]");
    diff("\"rev\":4,\"count\":0,\"joins\":[]");
    diff("\"rev\":5,\"count\":2,\"joins\":[" + members("u-0") + "]");
    diff("\"rev\":6,\"count\":1,\"joins\":[" + members("u-1", "u-6", "else") + "]");
    assertThat(heard).containsExactly("a diff before the first state", "a hole in rev", "joined 0", "the count is not the number of those named",
        "somebody is named who is not in the room", "somebody is named who is not in the room", "somebody is named who is not in the room");
  }

  @Test
  void theKthJoinIsInTheCountsFromKOn() {
    long[] sent = {100, 200, 300};
    Attendee watcher = new Attendee(0, 0, true, arrivals, null);
    watcher.counted(1, 3);
    long heardAt = System.nanoTime();
    watcher.counted(3, 2);
    Histogram lags = new Histogram(3);
    watcher.lags(sent, lags);
    assertThat(lags.getTotalCount()).isEqualTo(2);
    assertThat(lags.getMaxValue()).isLessThanOrEqualTo(lags.highestEquivalentValue(heardAt));
  }

  @Test
  void scenariosAreReadAndRoomsFillSideBySide() {
    assertThat(Rooms.parse("room-10000")).isEqualTo(new Rooms(1, 10_000));
    assertThat(Rooms.parse("rooms-1000x10")).isEqualTo(new Rooms(1_000, 10));
    assertThat(new Rooms(1_000, 10).roomOf(1_001)).isEqualTo(1);
    for (String wrong : List.of("", "room", "room-0", "rooms-10", "rooms-1000x1000", "room-1x1")) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> Rooms.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private boolean isRight() {
    return picture.isOf(3, arrivals.digestOf(0));
  }

  private void state(String rest) {
    ByteBuf bytes = bytes("presence_state", rest);
    picture.state(bytes, 0, bytes.writerIndex());
  }

  private void diff(String rest) {
    ByteBuf bytes = bytes("presence_diff", rest);
    picture.diff(bytes, 0, bytes.writerIndex());
  }

  private static ByteBuf bytes(String type, String rest) {
    return Unpooled.copiedBuffer("{\"type\":\"" + type + "\",\"topic\":\"t\"," + rest + ",\"timestamp\":\"now\"}", StandardCharsets.UTF_8);
  }

  private static String members(String... users) {
    return Arrays.stream(users).map(user -> "{\"userId\":\"" + user + "\",\"connections\":1,\"data\":{\"a\":[1,\"]\"]}}").collect(Collectors.joining(" , "));
  }
}
