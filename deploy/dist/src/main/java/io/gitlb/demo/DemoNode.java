// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.net.Host;
import io.gitlb.schema.value.NodeName;

/// A node of the demo's cluster, and where its speaker runs.
///
/// @param host where the speaker's process is started
/// @param clusterAddress the node's InternalIP in Kubernetes
/// @param speakerHost the address that the reconciler reaches the speaker at
/// @param speakerPort its port there
/// @param healthPort port of health and metrics, on the host's loopback
/// @param interfaces regular expression of the interfaces that the speaker may announce on
public record DemoNode(
    NodeName name,
    Host host,
    String clusterAddress,
    String speakerHost,
    int speakerPort,
    int healthPort,
    String interfaces) {

  /// `HOST:PORT` of the speaker's API.
  public String listen() {
    return speakerHost + ":" + speakerPort;
  }
}
