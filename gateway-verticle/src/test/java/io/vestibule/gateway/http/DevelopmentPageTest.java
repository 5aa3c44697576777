package io.vestibule.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DevelopmentPageTest {

  @Test
  void everyFileOfThePageIsServed() throws Exception {
    var folder = new File(DevelopmentPage.class.getResource("/io/vestibule/gateway/page").toURI());
    assertThat(DevelopmentPage.files()).containsExactlyInAnyOrder(Stream.of(folder.listFiles()).map(File::getName).toArray(String[]::new));
    assertThat(DevelopmentPage.load()).isNotNull();
  }
}
