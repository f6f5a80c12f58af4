// SPDX-License-Identifier: Apache-2.0
/// What the modules' tests of their own structure share.
@NullMarked
package io.gitlb.schema.architecture;

import org.jspecify.annotations.NullMarked;
