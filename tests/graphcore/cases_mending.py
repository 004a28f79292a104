"""Broken models and the fixes that they are offered: each problem with its layer, and below it the fixes in order."""

from __future__ import annotations

CASES = """\
### a class that is misspelt, twice
x = Input [null, 8]
h = Desne(x) units=4
y = Desne(h) units=2 -> out
GC201 h
    Make 2 layers a Dense in place of Desne (safe)
GC201 y
    Make 2 layers a Dense in place of Desne (safe)

### a class that is misspelt, and begins with a vowel
x = Input [null, 8]
y = Activaton(x) activation="relu" -> out
GC201 y
    Make "y" an Activation in place of Activaton (safe)

### an argument that is misspelt
x = Input [null, 8]
y = Dense(x) unts=4 -> out
GC202 y
    Rename unts of "y" to units (safe)

### an argument of older Keras at its default, in two layers
x = Input [null, 8, 8, 3]
a = DepthwiseConv2D(x) kernel_size=3 groups=1
b = DepthwiseConv2D(a) kernel_size=3 groups=1 -> out
GC202 a
    Remove groups from 2 layers (safe)
GC202 b
    Remove groups from 2 layers (safe)

### an argument of older Keras that means something
x = Input [null, 8, 8, 3]
a = DepthwiseConv2D(x) kernel_size=3 groups=3 -> out
GC202 a
    Remove groups from "a"

### a word that is misspelt
x = Input [null, 8, 8, 3]
c = Conv2D(x) filters=4 kernel_size=3 padding="sme"
y = Activation(c) activation="rleu" -> out
GC204 c
    Set padding of "c" to "same" (safe)
    Remove padding from "c": "valid" is its default
GC204 y
    Set activation of "y" to "relu" (safe)

### a number as text
x = Input [null, 8]
y = Dense(x) units="16" -> out
GC204 y
    Set units of "y" to 16 (safe)

### a number below its bound
x = Input [null, 8]
d = Dropout(x) rate=1.5
y = Dense(d) units=-16 -> out
GC204 d
    Set rate of "d" to 1
GC204 y
    Set units of "y" to 16
    Set units of "y" to 1

### a list of another length
x = Input [null, 8, 8, 3]
c = Conv2D(x) filters=4 kernel_size=[3, 3, 3] -> out
GC204 c
    Set kernel_size of "c" to 3
    Set kernel_size of "c" to [3, 3]

### strides and dilation
x = Input [null, 8, 8, 3]
c = Conv2D(x) filters=4 kernel_size=3 strides=2 dilation_rate=2 -> out
GC205 c
    Remove dilation_rate from "c": [1, 1] is its default
    Remove strides from "c": [1, 1] is its default

### filters and groups
x = Input [null, 8, 8, 4]
c = Conv2D(x) filters=6 kernel_size=3 groups=4 -> out
GC205 c
    Remove groups from "c": 1 is its default
    Set filters of "c" to 8, a multiple of groups

### a build_config of another shape
x = Input [null, 8]
h = Dense(x) units=6
y = Dense(h) units=2 "build_config"={"input_shape": [null, 4]} -> out
GC208 y
    Remove build_config from "y" (safe)
    Set units of "h" to 4

### two layers of a name
x = Input [null, 8]
h = Dense(x) units=4
h = Dense(x) units=2
y = Dense(h) units=2 -> out
GC301 h~2
    Rename the second "h" to "h_1"

### a name that nothing has, spelt alike
x = Input [null, 8]
hidden = Dense(x) units=4
y = Dense(hiden) units=2 -> out
GC302 y
    Write "hidden" in place of "hiden" (safe)

### a name that nothing has
x = Input [null, 8]
h = Dense(x) units=4
y = Dense(somewhere) units=2 -> out
GC302 y
    Connect "h" in place of "somewhere"
    Connect "x" in place of "somewhere"

### a wire that was cut, in the middle of a model
x = Input [null, 16, 16, 3]
a = Conv2D(x) filters=8 kernel_size=3
b = Activation(a) activation="relu"
c = Conv2D filters=4 kernel_size=1
d = Activation(c) activation="relu"
e = Conv2D(d) filters=2 kernel_size=1 -> out
GC303 d
    Connect "b" to "c"
    Connect "a" to "c"

### a wire that was cut, of a layer that remembers what it was built for
x = Input [null, 16, 16, 3]
f = Flatten(x)
h = Dense(f) units=8
c = Dense units=2 "build_config"={"input_shape": [null, 768]}
y = Concatenate([h, c]) -> out
GC303 y
    Connect "f" to "c"
    Connect "h" to "c"

### a wire that was cut, of two into a layer that joins
x = Input [null, 8]
z = Input [null, 8]
a = Dense(x) units=4
b = Dense(z) units=4
s = Subtract([a])
y = Dense(s) units=1 -> out
GC401 s
    Connect "b" too
    Take "s" out: it has nothing to join

### a wire that was cut, of three into a Concatenate
x = Input [null, 8]
a = Dense(x) units=6
b = Dense(x) units=4
c = Dense(x) units=3
m = Concatenate([a, c])
y = Dense(m) units=2 "build_config"={"input_shape": [null, 13]} -> out
GC208 y
    Connect "b" to "m"
    Remove build_config from "y"
GC305 b
    Connect "b" to "m"
    Make "b" an output
    Remove "b"

### two wires that were cut, of four into a Concatenate
x = Input [null, 8]
a = Dense(x) units=6
b = Dense(x) units=4
c = Dense(x) units=3
d = Dense(x) units=1
m = Concatenate([a, c])
y = Dense(m) units=2 "build_config"={"input_shape": [null, 14]} -> out
GC208 y
    Connect "b" and "d" to "m"
    Remove build_config from "y"
GC305 b
    Connect "b" and "d" to "m"
    Make "b" an output
    Remove "b"
GC305 d
    Connect "b" and "d" to "m"
    Make "d" an output
    Remove "d"

### a wire that was cut, where nothing says which input came first
x = Input [null, 5, 8]
q = Dense(x) units=8
m = Concatenate([x]) axis=1
f = Flatten(m)
y = Dense(f) units=2 -> out
GC305 q
    Connect "q" to "m"
    Connect "q" to "m" as its first input
    Make "q" an output
    Remove "q"

### a wire that was cut, of a product that repeats one side
x = Input [null, 8]
g = Dense(x) units=1
v = Dense(x) units=4
m = Multiply([g])
y = Dense(m) units=2 "build_config"={"input_shape": [null, 4]} -> out
GC208 y
    Connect "v" to "m"
    Remove build_config from "y"
    Set units of "g" to 4
GC305 v
    Connect "v" to "m"
    Make "v" an output
    Remove "v"

### a wire that was cut, of a layer that others take too
x = Input [null, 8]
a = Dense(x) units=6
b = Dense(a) units=4
m = Concatenate([b])
y = Dense(m) units=2 "build_config"={"input_shape": [null, 10]} -> out
GC208 y
    Connect "a" to "m"
    Connect "a" to "m" as its first input
    Remove build_config from "y"
    Set units of "b" to 10

### a layer that leads nowhere, beside joins that miss nothing
x = Input [null, 8]
spare = Dense(x) units=4
a = Dense(x) units=4
b = Dense(a) units=4
m = Add([a, b])
y = Dense(m) units=2 -> out
GC305 spare
    Make "spare" an output
    Remove "spare"

### a wire that was cut, of an argument by name
x = Input [null, 5, 8]
z = Input [null, 7, 8]
m = LayerNormalization(z)
y = MultiHeadAttention(x) num_heads=2 key_dim=4 -> out
GC402 y
    Connect "m" to value of "y"
    Connect "x" to value of "y" too
    Connect "z" to value of "y"

### a call that is not there
x = Input [null, 8]
h = Dense(x) units=4
y = Dense(h@3) units=2 -> out
GC303 y
    Name call 0 of "h"

### an output that is not there
x = Input [null, 5, 8]
h = LSTM(x) units=4
y = Dense(h:1) units=2 -> out
GC304 y
    Take output 0 of "h"
    Set return_state of "h" to true

### a layer that leads nowhere
x = Input [null, 8]
spare = Dense(x) units=4
more = Dense(spare) units=4
y = Dense(x) units=2 -> out
GC305 more
    Make "more" an output
    Remove "more" and "spare"

### an input that nothing uses
x = Input [null, 8]
spare = Input [null, 8]
y = Dense(x) units=2 -> out
GC305 spare
    Remove "spare"

### a circle
x = Input [null, 8]
a = Add([x, b])
b = Dense(a) units=8
y = Dense(b) units=2 -> out
GC306 a
    Feed "a" from "x" in place of "b"
    Take "a" out
    Feed "b" from "x" in place of "a"

### a circle through one input
x = Input [null, 8]
a = Dense(b) units=8
b = Dense(a) units=8
y = Dense(b) units=2 -> out
GC306 a
    Feed "a" from "x" in place of "b"
    Feed "b" from "x" in place of "a"

### too many tensors
x = Input [null, 8]
z = Input [null, 8]
y = Dense([x, z]) units=2 -> out
GC401 y
    Put a Concatenate before "y"
    Put an Add before "y"
    Leave out "z"

### too few tensors
x = Input [null, 8]
a = Subtract([x])
y = Dense(a) units=2 -> out
GC401 a
    Take "a" out: it has nothing to join

### an attention without a value
x = Input [null, 5, 8]
y = MultiHeadAttention(x) num_heads=2 key_dim=4 -> out
GC402 y
    Connect "x" to value of "y" too

### a recurrent layer after one that gives its last step
x = Input [null, 5, 8]
h = LSTM(x) units=4
y = LSTM(h) units=2 -> out
GC403 y
    Set return_sequences of "h" to true
    Put a Reshape to (4, 1) between "h" and "y"
    Put a Reshape to (1, 4) between "h" and "y"

### a Dense where a picture comes in, and a picture layer where a vector does
x = Input [null, 8, 8, 3]
p = GlobalAveragePooling2D(x)
c = Conv2D(p) filters=4 kernel_size=1 -> out
GC403 c
    Take "p" out

### a layer for pictures on a sequence
x = Input [null, 16, 8]
c = Conv2D(x) filters=4 kernel_size=[3, 3] padding="same" -> out
GC403 c
    Make "c" a Conv1D
    Put a Reshape to (16, 8, 1) between "x" and "c"
    Put a Reshape to (1, 16, 8) between "x" and "c"

### channels that differ
x = Input [null, 8, 8, 3]
a = Conv2D(x) filters=8 kernel_size=3 padding="same"
b = Conv2D(x) filters=9 kernel_size=3 padding="same"
y = Add([a, b]) -> out
GC404 y
    Set filters of "b" to 8
    Set filters of "a" to 9
    Put a 1×1 Conv2D of 8 filters between "b" and "y"
    Put a 1×1 Conv2D of 9 filters between "a" and "y"

### pictures that differ by the padding
x = Input [null, 8, 8, 3]
a = Conv2D(x) filters=8 kernel_size=3 padding="same"
b = Conv2D(x) filters=8 kernel_size=3
y = Add([a, b]) -> out
GC404 y
    Set padding of "b" to "same"
    Set padding of "a" to "valid"
    Put a ZeroPadding2D between "b" and "y"
    Put a Cropping2D between "a" and "y"

### pictures that differ by the stride
x = Input [null, 8, 8, 3]
a = Conv2D(x) filters=8 kernel_size=3 padding="same" strides=2
b = Conv2D(x) filters=8 kernel_size=3 padding="same"
y = Concatenate([a, b]) -> out
GC404 y
    Set strides of "b" to (2, 2)
    Set strides of "a" to (1, 1)
    Put a Cropping2D between "b" and "y"
    Put a MaxPooling2D of 2 between "b" and "y"

### lengths that differ, joined along the other axis
x = Input [null, 5, 8]
z = Input [null, 7, 8]
y = Concatenate([x, z]) axis=-1 -> out
GC404 y
    Make axis 1 of "z" 5
    Make axis 1 of "x" 7
    Join in "y" along axis 1
    Put a Cropping1D between "z" and "y"

### axes in another order
x = Input [null, 5, 8]
z = Input [null, 8, 5]
y = Add([x, z]) -> out
GC404 y
    Put a Permute to (2, 1) between "z" and "y"

### a product of two sizes
x = Input [null, 8]
z = Input [null, 9]
y = Dot([x, z]) axes=1 -> out
GC405 y
    Make axis 1 of "z" 8
    Make axis 1 of "x" 9
    Put a Dense of 8 units between "z" and "y"
    Put a Dense of 9 units between "x" and "y"

### a Reshape of another size
x = Input [null, 8]
h = Dense(x) units=6272
r = Reshape(h) target_shape=[7, 7, 256]
y = Conv2D(r) filters=4 kernel_size=3 -> out
GC406 r
    Set units of "h" to 12544
    Set target_shape of "r" to (7, 7, 128)

### nothing left
x = Input [null, 4, 4, 3]
p = MaxPooling2D(x) pool_size=2
c = Conv2D(p) filters=4 kernel_size=3
f = Flatten(c)
y = Dense(f) units=2 -> out
GC407 c
    Set padding of "c" to "same"
    Make "x" 6 × 6, the smallest input that works
    Set padding of "p" and "c" to "same"
    Take "c" out

### pixels run out in four stages
image = Input [null, 28, 28, 1]
conv1 = Conv2D(image) filters=16 kernel_size=3
pool1 = MaxPooling2D(conv1) pool_size=2
conv2 = Conv2D(pool1) filters=16 kernel_size=3
pool2 = MaxPooling2D(conv2) pool_size=2
conv3 = Conv2D(pool2) filters=16 kernel_size=3
pool3 = MaxPooling2D(conv3) pool_size=2
conv4 = Conv2D(pool3) filters=16 kernel_size=3
pool4 = MaxPooling2D(conv4) pool_size=2
flatten = Flatten(pool4)
digit = Dense(flatten) units=10 -> out
GC407 conv4
    Set padding of "conv1", "conv2", "conv3" and "conv4" to "same"
    Make "image" 46 × 46, the smallest input that works
    Set padding of "conv4" and "pool4" to "same"
    Take "conv4" and "pool4" out

### channels that nobody knows
x = Input [null, 32, 32, null]
c = Conv2D(x) filters=4 kernel_size=3 -> out
GC408 c
    Give axis 3 of "x" the size 3
    Give axis 3 of "x" the size 1

### a picture of any size, flattened
x = Input [null, null, null, 3]
f = Flatten(x)
y = Dense(f) units=2 -> out
GC408 y
    Give axes 1 and 2 of "x" the size 224
    Make "f" a GlobalAveragePooling2D

### a shared layer for two sizes
x = Input [null, 8]
z = Input [null, 9]
h = Dense(x)(z) units=4
y = Add([h, h@1]) -> out
GC411 h
    Give call 1 of "h" a layer of its own

### a class that extends one of two, and one that extends none
x = Input [null, 8, 8, 3]
h = !Pooled(x) pool_size=2 strides=null padding="valid" data_format=null size=3
y = !Other(h) units=4 depth=3 -> out
GC206 h
    Make "h" a MaxPooling2D in place of Pooled
    Make "h" an AveragePooling2D in place of Pooled
GC206 y

### a class that extends one whose rank does not fit
x = Input [null, 8]
h = !Pooled(x) pool_size=[2, 2] strides=null padding="valid" data_format=null -> out
GC206 h

### two problems that need each other
x = Input [null, 6, 6, 3]
a = Conv2D(x) filters=8 kernel_size=7
b = Conv2D(x) filters=9 kernel_size=1
y = Add([a, b]) -> out
GC407 a
    Set padding of "a" to "same", and set filters of "a" to 9
    Set padding of "a" to "same", and set filters of "b" to 8
    Set padding of "a" to "same", and put a 1×1 Conv2D of 8 filters between "b" and "y"
    Set padding of "a" to "same", and put a 1×1 Conv2D of 9 filters between "a" and "y"

### a U-Net of odd sizes
x = Input [null, 101, 101, 3]
c1 = Conv2D(x) filters=16 kernel_size=3 padding="same" activation="relu"
p1 = MaxPooling2D(c1) pool_size=2
c2 = Conv2D(p1) filters=32 kernel_size=3 padding="same"
u1 = Conv2DTranspose(c2) filters=16 kernel_size=2 strides=2
m1 = Concatenate([u1, c1])
y = Conv2D(m1) filters=1 kernel_size=1 activation="sigmoid" -> out
GC404 m1
    Make "x" 102 × 102, which the strides divide by 2
    Put a Cropping2D between "c1" and "m1"
    Put a ZeroPadding2D between "u1" and "m1"

### a U-Net without padding
x = Input [null, 572, 572, 1]
c1 = Conv2D(x) filters=16 kernel_size=3
p1 = MaxPooling2D(c1) pool_size=2
c2 = Conv2D(p1) filters=32 kernel_size=3
p2 = MaxPooling2D(c2) pool_size=2
c3 = Conv2D(p2) filters=64 kernel_size=3
u2 = UpSampling2D(c3) size=2
m2 = Concatenate([u2, c2])
c4 = Conv2D(m2) filters=32 kernel_size=3
u1 = UpSampling2D(c4) size=2
m1 = Concatenate([u1, c1])
y = Conv2D(m1) filters=1 kernel_size=1 -> out
GC404 m2
    Set padding of "c1", "c2", "c3" and 2 more to "same"
    Put a Cropping2D between "c2" and "m2", and put a Cropping2D between "c1" and "m1"
    Put a ZeroPadding2D between "u2" and "m2", and put a ZeroPadding2D between "u1" and "m1"

### a U-Net whose sizes the second stage cannot halve
x = Input [null, 250, 250, 1]
c1 = Conv2D(x) filters=16 kernel_size=3 padding="same"
p1 = MaxPooling2D(c1) pool_size=2
c2 = Conv2D(p1) filters=32 kernel_size=3 padding="same"
p2 = MaxPooling2D(c2) pool_size=2
c3 = Conv2D(p2) filters=64 kernel_size=3 padding="same"
u2 = UpSampling2D(c3) size=2
m2 = Concatenate([u2, c2])
c4 = Conv2D(m2) filters=32 kernel_size=3 padding="same"
u1 = UpSampling2D(c4) size=2
m1 = Concatenate([u1, c1])
y = Conv2D(m1) filters=1 kernel_size=1 -> out
GC404 m2
    Make "x" 252 × 252, which the strides divide by 4
    Put a ZeroPadding2D between "u2" and "m2"

### a residual block that widens
x = Input [null, 32, 32, 64]
a = Conv2D(x) filters=128 kernel_size=3 padding="same"
b = BatchNormalization(a)
c = Activation(b) activation="relu"
d = Conv2D(c) filters=128 kernel_size=3 padding="same"
s = Add([x, d])
y = GlobalAveragePooling2D(s) -> out
GC404 s
    Set filters of "d" to 64
    Put a 1×1 Conv2D of 128 filters between "x" and "s"
    Put a 1×1 Conv2D of 64 filters between "d" and "s"
    Make "s" a Concatenate
GC211 a

### a residual block that strides
x = Input [null, 32, 32, 64]
a = Conv2D(x) filters=128 kernel_size=3 padding="same" strides=2
d = Conv2D(a) filters=128 kernel_size=3 padding="same"
s = Add([x, d])
y = GlobalAveragePooling2D(s) -> out
GC404 s
    Put a 1×1 Conv2D of 128 filters and strides (2, 2) between "x" and "s"

### a residual block without padding
x = Input [null, 32, 32, 64]
a = Conv2D(x) filters=64 kernel_size=3
d = Conv2D(a) filters=64 kernel_size=3
s = Add([x, d])
y = GlobalAveragePooling2D(s) -> out
GC404 s
    Set padding of "a" and "d" to "same"
    Put a Cropping2D between "x" and "s"
    Put a ZeroPadding2D between "d" and "s"

### a gate of another width
x = Input [null, 32, 32, 64]
g = GlobalAveragePooling2D(x) keepdims=true
d1 = Dense(g) units=16
d2 = Dense(d1) units=32
m = Multiply([x, d2])
y = GlobalAveragePooling2D(m) -> out
GC404 m
    Set units of "d2" to 64
    Put a 1×1 Conv2D of 32 filters between "x" and "m"
    Put a Dense of 32 units between "x" and "m"
    Put a 1×1 Conv2D of 64 filters between "d2" and "m"

### embeddings of two widths
u = Input [null, 1]
i = Input [null, 1]
eu = Embedding(u) input_dim=1000 output_dim=32
ei = Embedding(i) input_dim=500 output_dim=64
fu = Flatten(eu)
fi = Flatten(ei)
d = Dot([fu, fi]) axes=1
y = Dense(d) units=1 -> out
GC405 d
    Set output_dim of "ei" to 32
    Set output_dim of "eu" to 64
    Put a Dense of 32 units between "fi" and "d"
    Put a Dense of 64 units between "fu" and "d"

### a product along the wrong axes
q = Input [null, 10, 32]
v = Input [null, 12, 32]
d = Dot([q, v]) axes=[2, 1]
y = Activation(d) activation="softmax" -> out
GC405 d
    Set axes of "d" to (2, 2)
    Make axis 1 of "v" 32
    Make axis 2 of "q" 12
    Put a ZeroPadding1D between "v" and "d"

### a value and a key of two lengths
q = Input [null, 10, 64]
v = Input [null, 12, 64]
k = Input [null, 11, 64]
a = MultiHeadAttention(q, v, k) num_heads=4 key_dim=16
y = Dense(a) units=2 -> out
GC405 a
    Make axis 1 of "k" 12
    Make axis 1 of "v" 11
    Connect "v" in place of "k"
    Connect "k" in place of "v"

### joined along the wrong axis
x = Input [null, 32, 32, 16]
z = Input [null, 32, 32, 8]
m = Concatenate([x, z]) axis=1
y = Conv2D(m) filters=2 kernel_size=1 -> out
GC404 m
    Join in "m" along axis -1
    Make axis 3 of "z" 16
    Make axis 3 of "x" 8
    Put a 1×1 Conv2D of 16 filters between "z" and "m"

### flat pictures
x = Input [null, 784]
c = Conv2D(x) filters=32 kernel_size=3
f = Flatten(c)
y = Dense(f) units=10 -> out
GC403 c
    Put a Reshape to (28, 28, 1) between "x" and "c"

### pictures without channels
x = Input [null, 28, 28]
c = Conv2D(x) filters=32 kernel_size=3
f = Flatten(c)
y = Dense(f) units=10 -> out
GC403 c
    Put a Reshape to (28, 28, 1) between "x" and "c"
    Make "c" a Conv1D

### frames into a recurrent layer
x = Input [null, 10, 32, 32, 3]
c = TimeDistributed(x) layer={"module":"keras.layers","class_name":"Conv2D","config":{"filters":4,"kernel_size":3}}
h = LSTM(c) units=8
y = Dense(h) units=2 -> out
GC403 h
    Put a Reshape to (10, 3600) between "c" and "h"
    Put a Reshape to (9000, 4) between "c" and "h"

### pooled after it was flattened
x = Input [null, 7, 7, 512]
f = Flatten(x)
g = GlobalAveragePooling2D(f)
y = Dense(g) units=10 -> out
GC403 g
    Take "f" out

### every step where one is repeated
x = Input [null, 10, 16]
h = LSTM(x) units=8 return_sequences=true
r = RepeatVector(h) n=10
y = LSTM(r) units=16 return_sequences=true -> out
GC403 r
    Set return_sequences of "h" to false
    Put a Flatten between "h" and "r"
    Put a GlobalAveragePooling1D between "h" and "r"

### a generator that makes too much
z = Input [null, 100]
d = Dense(z) units=6272
r = Reshape(d) target_shape=[7, 7, 128]
u = Conv2DTranspose(r) filters=64 kernel_size=4 strides=2 padding="same"
u2 = Conv2DTranspose(u) filters=1 kernel_size=4 strides=2
img = Input [null, 28, 28, 1]
s = Subtract([img, u2])
y = Flatten(s) -> out
GC404 s
    Set padding of "u2" to "same"
    Put a Cropping2D between "u2" and "s"
    Put a ZeroPadding2D between "img" and "s"

### a pool of an inception block without padding
x = Input [null, 32, 32, 64]
a = Conv2D(x) filters=32 kernel_size=1 padding="same"
b = Conv2D(x) filters=32 kernel_size=3 padding="same"
c = Conv2D(x) filters=32 kernel_size=5 padding="same"
p = MaxPooling2D(x) pool_size=3 strides=1
pp = Conv2D(p) filters=32 kernel_size=1
m = Concatenate([a, b, c, pp])
y = GlobalAveragePooling2D(m) -> out
GC404 m
    Set padding of "p" to "same"
    Put a ZeroPadding2D between "pp" and "m"

### channels in front
x = Input [null, 3, 224, 224]
a = Conv2D(x) filters=64 kernel_size=3
p = MaxPooling2D(a) pool_size=2
y = Flatten(p) -> out
GC407 p
    Make "x" 224 × 224 × 3, with the channels at the end
    Put a Permute to (2, 3, 1) between "x" and "a"
    Set padding of "p" to "same"
    Set padding of "a" to "same"

### channels in front, with other inputs beside: the first is looked at, in every run
x = Input [null, 3, 224, 224]
k = Input [null, 1, 1, 1]
l = Input [null, 1, 1, 1]
m = Input [null, 1, 1, 1]
e = ReLU(k)
s = Add([e, x, l, m])
a = Conv2D(s) filters=64 kernel_size=3
p = MaxPooling2D(a) pool_size=2
y = Flatten(p) -> out
GC407 p
    Make "x" 224 × 224 × 3, with the channels at the end
    Put a Permute to (2, 3, 1) between "x" and "s"
    Set padding of "p" to "same"
    Set padding of "a" to "same"

### an axis too many in a Permute
x = Input [null, 8, 3]
c = Permute(x) dims=[2, 1, 3]
y = Flatten(c) -> out
GC403 c
    Set dims of "c" to (2, 1)
    Put a Reshape to (8, 3, 1) between "x" and "c"
    Put a Reshape to (1, 8, 3) between "x" and "c"

### groups that do not divide the channels
x = Input [null, 32, 32, 20]
c = GroupNormalization(x) groups=32
y = GlobalAveragePooling2D(c) -> out
GC205 c
    Set groups of "c" to 4, which divides 20
    Set groups of "c" to 10, which divides 20

### flattened by a number from another model
x = Input [null, 16, 16, 3]
c = Conv2D(x) filters=64 kernel_size=3 padding="same"
p = MaxPooling2D(c) pool_size=2
r = Reshape(p) target_shape=[256]
d = Dense(r) units=32
y = Dense(d) units=10 -> out
GC406 r
    Make "r" a Flatten
    Set target_shape of "r" to (4096,)
    Set filters of "c" to 4

### an axis that is not there
x = Input [null, 32]
b = BatchNormalization(x) axis=2
y = Dense(b) units=1 -> out
GC403 b
    Remove axis from "b": -1 is its default

### a text that is too short
x = Input [null, 8]
e = Embedding(x) input_dim=1000 output_dim=16
c = Conv1D(e) filters=32 kernel_size=5
p = MaxPooling1D(c) pool_size=5
y = Dense(p) units=1 -> out
GC407 p
    Set padding of "p" to "same"
    Set padding of "c" to "same"
    Make "x" 9, the smallest input that works
    Take "p" out

### a siamese join that lost the second call of its branch
a = Input [null, 28]
b = Input [null, 28]
h = Dense(a) units=16
f = Dense(h) units=8
j = Subtract([f])
y = Dense(j) units=1 -> out
GC401 j
    Call "h" and "f" on "b" too, and connect it to "j"
    Take "j" out: it has nothing to join

### a siamese join that lost its second input too
a = Input [null, 28]
f = Dense(a) units=16
j = Dot([f]) axes=1
y = Dense(j) units=1 -> out
GC401 j
    Take "j" out: it has nothing to join
    Add an InputLayer "a_1" of shape (None, 28), call "f" on it too, and connect it to "j"

### an input that leads nowhere, beside a join of one tensor
a = Input [null, 28]
b = Input [null, 28]
f = Dense(a) units=16
j = Maximum([f])
y = Dense(j) units=1 -> out
GC305 b
    Call "f" on "b" too, and connect it to "j"
    Remove "b"

### a picture with its channels in front, of a layer that was built for them at the end
x = Input [null, 3, 32, 32]
c = Conv2D(x) filters=8 kernel_size=3 "build_config"={"input_shape": [null, 32, 32, 3]} -> out
GC208 c
    Remove build_config from "c" (safe)
    Make "x" 32 × 32 × 3, with the channels at the end
    Put a Permute to (2, 3, 1) between "x" and "c"
    Make axis 3 of "x" 3
"""
