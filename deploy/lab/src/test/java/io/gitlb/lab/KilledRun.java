// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.demo.net.Segment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// A program of its own for [LabKitLabIT]: builds a lab, says so, and waits to be killed.
final class KilledRun {

  static final String READY = "ready ";

  private KilledRun() {}

  static void main(String[] arguments) {
    Sandbox sandbox = Sandbox.open();
    Host router = sandbox.host("router");
    Segment segment = sandbox.segment("lan");
    segment.attach(router, "eth0", "192.0.2.1/24");
    Frr.start(sandbox, router, "hostname router\n");
    sandbox.machine().start("sleeper", List.of("sleep", "600"), Map.of());
    System.out.println(READY + sandbox.prefix());
    while (true) {
      LockSupport.park();
    }
  }
}
