// SPDX-License-Identifier: Apache-2.0
/// What only the stand-in does, and the real kubectl against it.
@NullMarked
package io.gitlb.apiserver;

import org.jspecify.annotations.NullMarked;
