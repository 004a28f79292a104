import type { Family } from "../family";

/** The gallery's models, drawn by hand as rows of families; the service names them, the pictures are only ours. */
export const EXAMPLE_PICTURES: Readonly<Record<string, readonly (readonly Family[])[]>> = {
  mlp: [["input"], ["dense"], ["dense"], ["dense"]],
  unet: [["input"], ["conv"], ["conv"], ["reshape"], ["dense", "dense"], ["dense"], ["reshape"], ["conv"], ["conv"]],
  "unet-as-printed": [["input"], ["custom"], ["custom"], ["reshape"], ["dense", "dense"], ["dense"], ["reshape"], ["custom"], ["custom"]],
  transformer: [["input"], ["dense", "dense"], ["attention"], ["merge"], ["norm"], ["dense"], ["merge"], ["norm"], ["dense"]],
  resnet50: [["input"], ["conv"], ["pool"], ["conv", "conv"], ["norm", "norm"], ["merge"], ["activation"], ["pool"], ["dense"]],
  nasnetlarge: [["input"], ["conv", "conv", "conv"], ["norm", "norm", "norm"], ["conv", "pool", "conv"], ["merge", "merge"], ["pool"], ["dense"]],
  broken: [["input"], ["conv"], ["conv"], ["reshape"], ["dense"], ["reshape", "op"], ["conv"]],
};
