/** The question that the idea behind this benchmark is told by: what a tokenizer is measured with. */
export const question = "我想元旦去看雪,有什么地方推荐的吗?";
