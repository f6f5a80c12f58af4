// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;

/// One node of a [SpeakerLab].
///
/// @param name in Kubernetes
/// @param host its namespace
/// @param address on the segment
/// @param api the address of its speaker's API
/// @param mac of its interface on the segment
public record LabNode(NodeName name, Host host, String address, String api, MacAddress mac) {

  /// The interface that every node and client has on the segment.
  public static final String LAN = "eth0";

  /// The interface on the management segment, where there is one.
  public static final String MANAGEMENT = "mgmt0";

  /// The length of the segment's prefix.
  public static final int PREFIX_LENGTH = 16;

  /// The port of the speaker's API.
  public static final int PORT = 7480;

  /// Ends a process as `kill -9` does, without waiting for it.
  public static void kill(RunningProcess speaker) {
    Libc.signal(speaker.pid(), Libc.SIGKILL);
  }

  /// Asks a process to end, without waiting for it.
  public static void terminate(RunningProcess speaker) {
    Libc.signal(speaker.pid(), Libc.SIGTERM);
  }

  /// Stops a process as it is; it holds everything and does nothing.
  public static void pause(RunningProcess speaker) {
    Libc.signal(speaker.pid(), Libc.SIGSTOP);
  }

  /// Lets a paused one go on.
  public static void resume(RunningProcess speaker) {
    Libc.signal(speaker.pid(), Libc.SIGCONT);
  }
}
