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

/// Every state with every event, as one text: `-Dgitlb.stories.write=true` writes it anew.
class FsmTableTest {

  private static final Path TABLE = Path.of("src/test/resources/bgp/fsm-table.txt");

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

  /// What brings a machine to the state.
  private static Map<State, List<String>> paths() {
    List<String> toOpenSent = List.of("start", "connected 192.0.2.10");
    List<String> open = List.of("open as=64512 hold=9 id=192.0.2.1");
    // state → events (1:1)
    Map<State, List<String>> paths = new EnumMap<>(State.class);
    paths.put(State.IDLE, List.of());
    paths.put(State.CONNECT, List.of("start"));
    paths.put(State.ACTIVE, join(toOpenSent, List.of("failed closed")));
    paths.put(State.OPEN_SENT, toOpenSent);
    paths.put(State.OPEN_CONFIRM, join(toOpenSent, open));
    paths.put(State.ESTABLISHED, join(toOpenSent, join(open, List.of("keepalive"))));
    return paths;
  }

  private static List<String> join(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  @Test
  void everyStateAnswersEveryEventAsWritten() throws IOException {
    StringBuilder table = new StringBuilder();
    paths()
        .forEach(
            (state, path) -> {
              Fsm fsm = reach(path);
              assertEquals(state, fsm.state());
              table.append(state).append('\n');
              EVENTS.forEach(event -> table.append(row(fsm, event)));
              table.append('\n');
            });
    if (Boolean.getBoolean("gitlb.stories.write")) {
      Files.writeString(TABLE, table);
    }

    assertEquals(Files.readString(TABLE), table.toString());
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
    assertEquals(EnumSet.allOf(State.class), paths().keySet());
  }

  private static Fsm reach(List<String> path) {
    Fsm fsm = Fsm.idle(Script.config(""), Script.NODE_IDENTIFIER);
    for (String event : path) {
      fsm = fsm.on(Script.event(event), Jitter.NONE).next();
    }
    return fsm;
  }

  private static String row(Fsm fsm, String event) {
    Step step = fsm.on(Script.event(event), Jitter.NONE);
    String actions = step.actions().stream().map(Script::action).collect(Collectors.joining("; "));
    return String.format(
            "  %-34s -> %-12s %s", event, step.next().state(), actions.isEmpty() ? "-" : actions)
        + "\n";
  }
}
