package io.vestibule.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void aNameIsTheSumOfItsSeries() {
    Figures one = Figures.parse("""
        # HELP a_total what it is 7
        # TYPE a_total counter
        a_total{loop="1"} 2.0
        a_total{loop="2",text="a b"} 1.5E1
        b 4
        c NaN
        not a series
        """);
    assertThat(one.of("a_total")).isEqualTo(17);
    assertThat(one.of("a_total{text=\"a b\"}")).isEqualTo(15);
    assertThat(one.of("b")).isEqualTo(4);
    assertThat(one.of("c")).isNaN();
    assertThat(one.of("d")).isNaN();
    assertThat(one.plus(Figures.parse("b 1")).of("b")).isEqualTo(5);
    assertThat(Figures.NONE.plus(one)).isEqualTo(one);
  }
}
