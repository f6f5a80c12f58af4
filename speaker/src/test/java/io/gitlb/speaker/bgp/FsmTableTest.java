// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every state with every event, as one text for each kind of peer: `-Dgitlb.stories.write=true`
/// writes them anew.
class FsmTableTest {

  private static final Path TABLES = Path.of("src/test/resources/bgp");

  /// What makes the machine take other ways.
  enum Kind {
    ACTIVE("", "", "fsm-table.txt"),
    PASSIVE("passive=yes", "", "fsm-table-passive.txt"),
    /// Both ends keep routes over a restart, NOTIFICATIONs included (RFC 8538).
    RESTARTING("gr=60", " with=gr+n", "fsm-table-restarting.txt");

    private final String config;
    private final String capabilities;
    private final Path table;

    Kind(String config, String capabilities, String table) {
      this.config = config;
      this.capabilities = capabilities;
      this.table = TABLES.resolve(table);
    }

    /// What brings a machine to the state. A passive one never dials.
    private Map<State, List<String>> paths() {
      List<String> open = List.of("open as=64512 hold=9 id=192.0.2.1" + capabilities);
      List<String> toOpenSent =
          List.of("start", this == PASSIVE ? "accepted 192.0.2.10" : "connected 192.0.2.10");
      // state → events (1:1)
      Map<State, List<String>> paths = new EnumMap<>(State.class);
      paths.put(State.IDLE, List.of());
      if (this != PASSIVE) {
        paths.put(State.CONNECT, List.of("start"));
      }
      paths.put(State.ACTIVE, join(toOpenSent, List.of("failed closed")));
      paths.put(State.OPEN_SENT, toOpenSent);
      paths.put(State.OPEN_CONFIRM, join(toOpenSent, open));
      paths.put(State.ESTABLISHED, join(toOpenSent, join(open, List.of("keepalive"))));
      return paths;
    }

    private Fsm reach(List<String> path) {
      Fsm fsm = Fsm.idle(Script.config(config), Script.NODE_IDENTIFIER);
      for (String event : path) {
        fsm = fsm.on(Script.event(event), Jitter.NONE).next();
      }
      return fsm;
    }
  }

  private static final List<String> EVENTS =
      List.of(
          "start",
          "stop bye",
          "stop removed",
          "stop changed",
          "stop restart",
          "stop collision",
          "stop replaced",
          "timer IdleHold",
          "timer ConnectRetry",
          "timer Hold",
          "timer Keepalive",
          "timer SendHold",
          "timer Stable",
          "connected 192.0.2.10",
          "accepted 192.0.2.10",
          "path lost",
          "path back",
          "failed closed",
          "sent",
          "open as=64512 hold=9 id=192.0.2.1",
          "open as=64999",
          "keepalive",
          "update",
          "refresh 4 0",
          "refresh 4 1",
          "refresh 6 0",
          "notification 6/2",
          "notification 2/4",
          "malformed 1/1");

  private static List<String> join(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  @ParameterizedTest
  @EnumSource
  void everyStateAnswersEveryEventAsWritten(Kind kind) throws IOException {
    StringBuilder table = new StringBuilder();
    kind.paths()
        .forEach(
            (state, path) -> {
              Fsm fsm = kind.reach(path);
              assertEquals(state, fsm.state());
              table.append(state).append('\n');
              EVENTS.forEach(event -> table.append(row(fsm, event)));
              table.append('\n');
            });
    if (Boolean.getBoolean("gitlb.stories.write")) {
      Files.writeString(kind.table, table);
    }

    assertEquals(Files.readString(kind.table), table.toString());
  }

  /// Whatever there is to happen, and every kind of it, is among the events.
  @Test
  void noEventIsLeftOut() {
    Set<Class<?>> events = new HashSet<>();
    Set<Class<?>> reasons = new HashSet<>();
    Set<Timer> timers = EnumSet.noneOf(Timer.class);
    Set<MessageType> messages = EnumSet.noneOf(MessageType.class);
    for (String text : EVENTS) {
      Event event = Script.event(text);
      events.add(event.getClass());
      switch (event) {
        case Event.Stop(StopReason reason) -> reasons.add(reason.getClass());
        case Event.TimerExpired(Timer timer) -> timers.add(timer);
        case Event.Received(Message message) -> messages.add(message.type());
        case Event _ -> {}
      }
    }
    assertEquals(Set.of(Event.class.getPermittedSubclasses()), events);
    assertEquals(Set.of(StopReason.class.getPermittedSubclasses()), reasons);
    assertEquals(EnumSet.allOf(Timer.class), timers);
    assertEquals(EnumSet.allOf(MessageType.class), messages);
    assertEquals(EnumSet.allOf(State.class), Kind.ACTIVE.paths().keySet());
  }

  private static String row(Fsm fsm, String event) {
    Step step = fsm.on(Script.event(event), Jitter.NONE);
    String actions = step.actions().stream().map(Script::action).collect(Collectors.joining("; "));
    return String.format(
            "  %-34s -> %-12s %s", event, step.next().state(), actions.isEmpty() ? "-" : actions)
        + "\n";
  }
}
