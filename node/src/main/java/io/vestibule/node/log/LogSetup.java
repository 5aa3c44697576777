package io.vestibule.node.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.vestibule.node.config.LogConfig;
import java.nio.charset.StandardCharsets;
import net.logstash.logback.composite.loggingevent.StackTraceJsonProvider;
import net.logstash.logback.encoder.LoggingEventCompositeJsonEncoder;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up in code, which is quicker than a file of its own and leaves one place to configure. Lines are written to standard output
 * by a thread of their own from a bounded queue: a reader that has stopped must not stop an event loop, so then lines are lost instead.
 */
public final class LogSetup {
  private static final String OURS = "io.vestibule";
  private static final int QUEUED_LINES = 8192;
  private static final int FLUSH_MILLIS = 1000;

  private LogSetup() {}

  /** Before any other line of this process: sends what Vert.x and Hazelcast log the same way. */
  public static void routeLibraries() {
    System.setProperty("vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.SLF4JLogDelegateFactory");
    System.setProperty("hazelcast.logging.type", "slf4j");
  }

  /** Writes as configured, from here on. */
  public static void apply(LogConfig config) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var console = console(context, encoder(context, config.format()), "System.out");
    var queue = new AsyncAppender();
    queue.setContext(context);
    queue.setName("queue");
    queue.setQueueSize(QUEUED_LINES);
    queue.setNeverBlock(true);
    queue.setMaxFlushTime(FLUSH_MILLIS);
    queue.addAppender(console);
    queue.start();
    Level level = Level.valueOf(config.level().name());
    write(context, queue, Level.WARN.isGreaterOrEqual(level) ? Level.WARN : level);
    context.getLogger(OURS).setLevel(level);
    // It warns at each start of a subsystem that nothing here uses.
    context.getLogger("com.hazelcast.cp.CPSubsystem").setLevel(Level.ERROR);
    // It puts what strangers send into warnings and errors, as often as they send it; bridge_refused says what matters of that.
    context.getLogger("io.vertx.ext.web.handler.sockjs.impl.EventBusBridgeImpl").setLevel(Level.OFF);
    // It warns of each message that is on its way to a consumer when that goes, as those of the bridge's clients do whenever they like. Nobody here pauses a consumer, the other thing it warns of.
    context.getLogger("io.vertx.core.eventbus.impl.MessageConsumerImpl").setLevel(Level.ERROR);
  }

  /** Only warnings, on standard error: for a command whose standard output belongs to its answer, and until the configuration is read. */
  static void quiet(LoggerContext context) {
    write(context, console(context, encoder(context, LogConfig.Format.TEXT), "System.err"), Level.WARN);
  }

  /** Writes plain lines to standard output, for the person who looks on. */
  public static void console(String lines) {
    System.out.print(lines);
    System.out.flush();
  }

  /** Writes out what is queued and ends; for the last moment before the process does. */
  public static void flush() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }

  private static void write(LoggerContext context, Appender<ILoggingEvent> appender, Level level) {
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(appender);
  }

  static Encoder<ILoggingEvent> encoder(LoggerContext context, LogConfig.Format format) {
    return switch (format) {
      case TEXT -> text(context);
      case JSON -> json(context);
    };
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    var layout = new TextLayout();
    layout.setContext(context);
    layout.start();
    var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    var encoder = new LoggingEventCompositeJsonEncoder();
    encoder.setContext(context);
    encoder.setFindAndRegisterJacksonModules(false);
    encoder.getProviders().addProvider(new FlatFieldsProvider());
    encoder.getProviders().addProvider(new StackTraceJsonProvider());
    encoder.start();
    return encoder;
  }

  private static ConsoleAppender<ILoggingEvent> console(LoggerContext context, Encoder<ILoggingEvent> encoder, String target) {
    var console = new ConsoleAppender<ILoggingEvent>();
    console.setContext(context);
    console.setName("console");
    console.setTarget(target);
    console.setEncoder(encoder);
    console.start();
    return console;
  }
}
