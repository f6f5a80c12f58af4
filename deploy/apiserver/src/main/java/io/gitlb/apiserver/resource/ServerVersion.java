// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.resource;

/// Which Kubernetes the server is, and what that one knows.
///
/// @param minor of 1.MINOR
public record ServerVersion(int minor) {

  /// The version whose behaviour is followed unless a test asks for an older one.
  public static final ServerVersion DEFAULT = new ServerVersion(35);

  /// `networking.k8s.io/v1` ServiceCIDRs came with this version.
  private static final int SERVICE_CIDRS = 33;

  /// `ipMode` of a load balancer's ingress is on by default from this version on.
  private static final int IP_MODE = 30;

  /// Whether objects of the kind are served.
  public boolean serves(ResourceKind kind) {
    return minor >= SERVICE_CIDRS || !kind.equals(ResourceKinds.SERVICE_CIDRS);
  }

  /// Whether `status.loadBalancer.ingress[].ipMode` is a field.
  public boolean knowsIpMode() {
    return minor >= IP_MODE;
  }
}
