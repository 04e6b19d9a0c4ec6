package dev.tessera.host.flight.observe;

import dev.tessera.host.flight.call.CallObserver;
import dev.tessera.host.flight.call.Cut;
import dev.tessera.host.flight.call.ServedCall;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What a server has done and what it holds, for Prometheus. A call's rows and bytes are counted
 * when it is over; a name in a label is one of a fixed set, whatever clients send.
 */
public final class ServerMetrics implements CallObserver, AutoCloseable {

  private static final Set<String> METHODS =
      Set.of(
          "ListFlights",
          "GetFlightInfo",
          "PollFlightInfo",
          "GetSchema",
          "DoGet",
          "DoPut",
          "DoExchange",
          "DoAction",
          "ListActions",
          "Handshake",
          "grpc.health.v1.Health/Check",
          "grpc.health.v1.Health/Watch");

  private static final Duration[] LATENCY_BOUNDS = {
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(20),
    Duration.ofSeconds(60)
  };

  private static final double[] MEMORY_BOUNDS = {
    64 << 10, 256 << 10, 1 << 20, 2 << 20, 4 << 20, 8 << 20, 16 << 20, 64 << 20, 256 << 20
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollector = new JvmGcMetrics();
  private final Map<String, AtomicInteger> open = new ConcurrentHashMap<>();
  private final MultiGauge versions =
      MultiGauge.builder("tessera.version")
          .description("The version that is served by default, of each published name")
          .register(registry);
  private final Map<Cut, Counter> cuts = new EnumMap<>(Cut.class);
  private volatile Supplier<Map<String, Integer>> defaults = Map::of;
  private final DistributionSummary callMemory =
      DistributionSummary.builder("tessera.call.memory")
          .description("The most bytes outside the heap that one call held at a time")
          .baseUnit("bytes")
          .serviceLevelObjectives(MEMORY_BOUNDS)
          .register(registry);

  /** Netty counts what it takes past the JDK, the JDK the rest; -1 is that it takes nothing so. */
  private static long directBytes() {
    return Math.max(0, PlatformDependent.usedDirectMemory())
        + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
  }

  /** Starts with the process's own figures. */
  public ServerMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbageCollector.bindTo(registry);
    for (Cut why : Cut.values()) { // from 0 on, so that the first one is seen as an increase
      cuts.put(
          why,
          Counter.builder("tessera.calls.cut")
              .description("Calls that the server refused or broke off")
              .tag("reason", why.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    gauge(
        "tessera.direct.memory",
        "bytes",
        "Bytes outside the heap that this process has taken for buffers, pools included",
        ServerMetrics::directBytes);
  }

  /**
   * Shows a figure whenever it is asked for.
   *
   * @param name with dots, without unit; {@code tessera.call.memory}
   * @param unit {@code bytes}, say; empty for a plain number
   * @param value is kept until the metrics go
   */
  public void gauge(String name, String unit, String description, Supplier<Number> value) {
    Gauge.builder(name, value)
        .baseUnit(unit.isEmpty() ? null : unit)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  @Override
  public void started(ServedCall call) {
    open.computeIfAbsent(method(call), this::openCalls).incrementAndGet();
  }

  @Override
  public void ended(ServedCall call, Status status) {
    String method = method(call);
    open.computeIfAbsent(method, this::openCalls).decrementAndGet();
    Counter.builder("tessera.calls")
        .description("Calls that are over")
        .tag("method", method)
        .tag("status", status.getCode().name())
        .register(registry)
        .increment();
    if (!status.isOk()) {
      call.cut().map(cuts::get).ifPresent(Counter::increment);
    }
    Timer.builder("tessera.call")
        .description("How long calls took, from the first header to the last byte")
        .tag("method", method)
        .serviceLevelObjectives(LATENCY_BOUNDS)
        .register(registry)
        .record(call.duration());
    count("tessera.rows", "Rows sent or put", method, call.rows());
    count("tessera.bytes.sent", "Bytes of messages to clients", method, call.bytesOut());
    count("tessera.bytes.received", "Bytes of messages from clients", method, call.bytesIn());
  }

  @Override
  public void freed(long peakBytes) {
    callMemory.record(peakBytes);
  }

  /**
   * Shows the default version of each published name.
   *
   * @param current asked whenever the figures are
   */
  public void versions(Supplier<Map<String, Integer>> current) {
    defaults = current;
  }

  /** All figures, in Prometheus's text format. */
  public String scrape() {
    versions.register(
        defaults.get().entrySet().stream()
            .<MultiGauge.Row<?>>map(
                version -> MultiGauge.Row.of(Tags.of("name", version.getKey()), version.getValue()))
            .toList(),
        true);
    return registry.scrape();
  }

  private void count(String name, String description, String method, long more) {
    Counter.builder(name)
        .description(description)
        .tag("method", method)
        .register(registry)
        .increment(more);
  }

  private AtomicInteger openCalls(String method) {
    AtomicInteger count = new AtomicInteger();
    Gauge.builder("tessera.open.calls", count, AtomicInteger::get)
        .description("Calls that are open")
        .tag("method", method)
        .register(registry);
    return count;
  }

  private static String method(ServedCall call) {
    return METHODS.contains(call.method()) ? call.method() : "unknown";
  }

  @Override
  public void close() {
    garbageCollector.close();
    registry.close();
  }
}
