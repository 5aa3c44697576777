package io.vestibule.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.vertx.ext.web.handler.sockjs.impl.EventBusBridgeImpl;
import io.vestibule.node.config.LogConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogSetupTest {
  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

  @AfterEach
  void asBefore() {
    context.reset();
    LogSetup.quiet(context);
  }

  @Test
  void strangersDoNotWriteIntoTheLogThroughTheBridge() {
    LogSetup.apply(new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.TRACE));

    assertThat(context.getLogger(EventBusBridgeImpl.class).getEffectiveLevel()).isEqualTo(Level.OFF);
    assertThat(context.getLogger("io.vertx.core.eventbus.impl.MessageConsumerImpl").getEffectiveLevel()).isEqualTo(Level.ERROR);
    assertThat(context.getLogger("io.vestibule.gateway").getEffectiveLevel()).isEqualTo(Level.TRACE);
  }
}
