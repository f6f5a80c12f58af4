// SPDX-License-Identifier: Apache-2.0
/// Who is believed: signatures of commits, proofs of webhook deliveries. Pure: octets and a time
/// come in, a verdict comes out.
@NullMarked
package io.gitlb.reconciler.trust;

import org.jspecify.annotations.NullMarked;
