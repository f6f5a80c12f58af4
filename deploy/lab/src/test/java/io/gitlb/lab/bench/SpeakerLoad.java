// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Routing;
import io.gitlb.lab.segment.SpeakerLab;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Has a speaker take one whole desired state after the other, and collect its whole heap every two
/// seconds.
final class SpeakerLoad implements AutoCloseable {

  private static final Duration BETWEEN_COLLECTIONS = Duration.ofSeconds(2);

  private final AtomicInteger states = new AtomicInteger();
  private final AtomicInteger collections = new AtomicInteger();
  private volatile boolean closed;

  private SpeakerLoad() {}

  /// @param routing of which one route changes all the time
  static SpeakerLoad start(SpeakerLab lab, LabNode node, Routing routing) {
    SpeakerLoad load = new SpeakerLoad();
    Thread.ofPlatform().name("load").daemon().start(() -> load.ask(lab, node, routing));
    long pid = lab.speaker(node).pid();
    Thread.ofPlatform().name("collect").daemon().start(() -> load.collect(pid));
    return load;
  }

  private void ask(SpeakerLab lab, LabNode node, Routing routing) {
    IpAddress first = routing.routes().firstKey();
    while (!closed) {
      int i = states.incrementAndGet();
      lab.route(node, routing.marking(first, new Community.Standard(i)));
    }
  }

  private void collect(long pid) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      while (!closed) {
        Process process =
            new ProcessBuilder(jcmd, Long.toString(pid), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() == 0) {
          collections.incrementAndGet();
        }
        Thread.sleep(BETWEEN_COLLECTIONS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// How many desired states were pushed.
  int states() {
    return states.get();
  }

  /// How many collections of the whole heap were asked for and done.
  int collections() {
    return collections.get();
  }

  @Override
  public void close() {
    closed = true;
  }
}
