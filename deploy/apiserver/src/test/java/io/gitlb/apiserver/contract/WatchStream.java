// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The events of one watch in the order of their coming.
final class WatchStream implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;

  private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();
  private final Stream<String> lines;

  private sealed interface Item {
    record Event(JsonNode event) implements Item {}

    record End() implements Item {}
  }

  WatchStream(Stream<String> lines, JsonMapper mapper) {
    this.lines = lines;
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                lines
                    .filter(line -> !line.isEmpty())
                    .forEach(line -> items.add(new Item.Event(mapper.readTree(line))));
              } catch (RuntimeException cut) {
                // the end of a watch that was cut
              } finally {
                items.add(new Item.End());
              }
            });
  }

  private Item take() {
    try {
      Item item = items.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (item == null) {
        throw new AssertionError("no event within " + PATIENCE_SECONDS + " s");
      }
      return item;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", interrupted);
    }
  }

  /// The next event.
  JsonNode next() {
    return switch (take()) {
      case Item.Event(JsonNode event) -> event;
      case Item.End() -> throw new AssertionError("the watch is over");
    };
  }

  /// The next event has to be this.
  ///
  /// @return its object
  JsonNode expect(String type, String name) {
    JsonNode event = next();
    assertEquals(
        type + " " + name,
        event.path("type").asString("")
            + " "
            + event.path("object").path("metadata").path("name").asString(""),
        () -> "event was " + event);
    return event.path("object");
  }

  /// Reads to the end and gives the last event.
  JsonNode last() {
    JsonNode last = null;
    while (true) {
      switch (take()) {
        case Item.Event(JsonNode event) -> last = event;
        case Item.End() -> {
          if (last == null) {
            throw new AssertionError("the watch ended without any event");
          }
          return last;
        }
      }
    }
  }

  /// Whatever is still to come, the watch has to end.
  void expectEnd() {
    while (take() instanceof Item.Event) {
      // only the end matters
    }
  }

  @Override
  public void close() {
    lines.close();
  }
}
